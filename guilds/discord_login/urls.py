"""The log-in's addresses, under `/accounts/`. allauth's other pages are not reachable."""

from allauth.socialaccount.providers import registry
from django.urls import path

from guilds.discord_login.views import oauth2_callback, oauth2_login

registry.load()

urlpatterns = [
    path("discord/login/", oauth2_login, name="discord_login"),
    path("discord/login/callback/", oauth2_callback, name="discord_callback"),
]
