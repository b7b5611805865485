"""The addresses of runs: statements and letters to many."""

from __future__ import annotations

from django.urls import URLPattern, path

from tenantline.desk.views import run_files, runs

urlpatterns: list[URLPattern] = [
    path("statements/", runs.statements, name="statements"),
    path("letters/issue/", runs.letters, name="letter_runs"),
    path("runs/<int:run_id>/", runs.one, name="run"),
    path("runs/<int:run_id>/results.csv", run_files.results, name="run_results"),
    path("runs/<int:run_id>/<str:word>/", runs.steer, name="run_steer"),
]
