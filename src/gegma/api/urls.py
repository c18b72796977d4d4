"""Addresses of the API. The views of each register are made here, once, when the server starts."""

from django.urls import include, path, re_path

from gegma.engine import registry
from gegma.engine.forms import can_enter
from gegma.engine.spec import Register

from . import docs, pages, schema, views
from .plans import Readings


def of_register(spec: Register) -> list:
    """The addresses of one register's resource."""

    def made(kind: type, **facts) -> type:
        return type(f"{schema.name_of(spec)}{kind.__name__}", (kind,), {"spec": spec, "__doc__": kind.__doc__, **facts})

    lists = made(views.Collection, http_method_names=["get", "head", "options", *(["post"] if can_enter(spec) else [])])
    record = schema.one(spec)(made(views.One))
    history = schema.listed(spec, "history", "what was changed", "History")(made(views.History))
    found = [
        path("", schema.collection(spec)(lists).as_view(), name=f"api_{spec.key}"),
        path("<int:pk>/", record.as_view(), name=f"api_{spec.key}_one"),
        path("<int:pk>/history/", history.as_view(), name=f"api_{spec.key}_history"),
        path("<int:pk>/files/", schema.files(spec)(made(views.Files)).as_view(), name=f"api_{spec.key}_files"),
        path("<int:pk>/files/<int:number>/", schema.file(spec)(made(views.File)).as_view(), name=f"api_{spec.key}_file"),
    ]
    for move in spec.life.moves if spec.life else ():
        view = schema.moved(spec, move)(made(views.Moved, move=move))
        found.append(path(f"<int:pk>/move/{move.name}/", view.as_view(), name=f"api_{spec.key}_move_{move.name}"))
    return found


urlpatterns = [
    path("tokens/", pages.my_tokens, name="api_tokens"),
    path("docs/", docs.docs_view(), name="api_docs"),
    path("v1/schema/", docs.Schema.as_view(), name="api_schema"),
    path("v1/plans/<slug:key>/readings/", schema.readings(Readings).as_view(), name="api_readings"),
    *(path(f"v1/{spec.key}/", include(of_register(spec))) for spec in registry.everything()),
    re_path("", views.Nothing.as_view(), name="api_nothing"),
]
