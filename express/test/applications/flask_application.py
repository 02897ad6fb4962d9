"""A Flask application; it imports only where the environment's packages do."""

from flask import Flask

application = Flask(__name__)


@application.route("/hello/<name>")
def hello(name):
    return "hello " + name
