from django.urls import include, path

from guilds import views

urlpatterns = [
    path("", views.landing, name="landing"),
    # Only these of allauth's addresses exist; the names are those allauth itself looks up.
    path("accounts/login/", views.account_login, name="account_login"),
    path("accounts/logout/", views.account_logout, name="account_logout"),
    path("accounts/", include("guilds.discord_login.urls")),
]
