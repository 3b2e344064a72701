"""A Django project in one file. Its page loads scripts from Vite's dev server, as django-vite has it in development."""
import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import path
from django.utils.html import format_html

from claims import claims_of


def ory(get_response):
    """Whoever asks is in request.claims, or nobody is."""

    def middleware(request):
        request.claims = claims_of(request.headers.get("Authorization", ""))
        return get_response(request)

    return middleware


def email_of(request):
    return request.claims and request.claims["session"]["identity"]["traits"]["email"]


PAGE = """<!doctype html><title>app</title>
<script type="module" src="{vite}/@vite/client"></script>
<script type="module" src="{vite}/main.js"></script>
<p id="who">{who}</p><p id="script"></p><p id="posted">{posted}</p>
<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="{token}"><button>Send</button></form>"""


def page(request):
    posted = "sent" if request.method == "POST" else ""
    parts = {"vite": os.environ["VITE_URL"], "token": get_token(request), "posted": posted}
    return HttpResponse(format_html(PAGE, who=email_of(request) or "nobody", **parts))


def me(request):
    return JsonResponse({"email": email_of(request)}, status=200 if request.claims else 401)


urlpatterns = [path("", page), path("api/me", me)]

if __name__ == "__main__":
    settings.configure(
        DEBUG=True,
        SECRET_KEY="of a test",
        ROOT_URLCONF="app",
        MIDDLEWARE=["app.ory", "django.middleware.csrf.CsrfViewMiddleware"],
        # Behind https Django compares Origin with the scheme that the browser sees.
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    )
    execute_from_command_line(sys.argv)
