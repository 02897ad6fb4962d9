"""What a customer orders."""


class Order:
    """Some books for a customer, with a discount in the same currency as the prices."""

    def __init__(self, customer, books, discount=0.0):
        self.customer = customer
        self.books = books
        self.discount = discount

    def total(self):
        """The price to pay; TypeError where the discount is no number."""
        prices = [book["price"] for book in self.books]
        return sum(prices) - self.discount  # raises here
