"""The pages of the shop.

/                 all books
/books/emma       one book
/search?max=10    books up to a price
/fail             an order whose discount is a text: the editor stops where it is subtracted
"""

from django.http import Http404, JsonResponse

from bookshop.orders import Order

BOOKS = {
    "emma": {"title": "Emma", "author": "Jane Austen", "price": 9.5},
    "ulysses": {"title": "Ulysses", "author": "James Joyce", "price": 14.0},
    "dracula": {"title": "Dracula", "author": "Bram Stoker", "price": 7.25},
}


def index(request):
    return JsonResponse({"books": sorted(BOOKS)})


def book(request, title):
    if title not in BOOKS:
        raise Http404("no book of that title: %s" % title)
    return JsonResponse(BOOKS[title])


def search(request):
    highest = float(request.GET.get("max", "100"))
    found = [title for title, details in BOOKS.items() if details["price"] <= highest]
    return JsonResponse({"max": highest, "books": sorted(found)})


def fail(request):
    order = Order(customer="Ada", books=[BOOKS["emma"], BOOKS["dracula"]], discount="1.50")
    return JsonResponse({"customer": order.customer, "total": order.total()})
