"""A small shop: open this file and press F5, then request the pages below from the address that is printed.

/            a list of the pages
/hello/Ada   a greeting
/cart        a cart with its total
/fail        a cart with an article that has no price: the editor stops where it is looked up
"""

from flask import Flask, jsonify

PRICES = {"apples": 120, "bread": 340, "cheese": 1290}

app = Flask(__name__)
# The name that WSGI servers look for when they are told no other.
application = app


@app.get("/")
def index():
    pages = ["/hello/Ada", "/cart", "/fail"]
    links = "".join('<li><a href="%s">%s</a></li>' % (page, page) for page in pages)
    return "<h1>A small shop</h1><ul>%s</ul>" % links


@app.get("/hello/<name>")
def hello(name):
    greeting = "Hello, %s!" % name.title()
    return greeting, {"Content-Type": "text/plain; charset=utf-8"}


@app.get("/cart")
def show_cart():
    cart = [("apples", 3), ("bread", 1)]
    return jsonify(cart=cart, total=total(cart))


@app.get("/fail")
def fail():
    customer = {"name": "Ada", "discount": 0.1}
    cart = [("apples", 3), ("durian", 2)]
    amount = total(cart) * (1 - customer["discount"])
    return jsonify(customer=customer["name"], total=amount)


def total(cart):
    """What a cart costs in cents; a cart is a list of (article, quantity) pairs."""
    amount = 0
    for article, quantity in cart:
        amount += quantity * price_of(article)
    return amount


def price_of(article):
    """Price of one piece in cents; KeyError for an article that is not sold here."""
    return PRICES[article]  # raises here
