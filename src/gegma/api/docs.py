"""The schema, made once per language and process, and the page that shows it."""

from __future__ import annotations

import functools

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.response import Response

from .views import Resource


@functools.cache
def schema_in(language: str) -> dict:
    """The OpenAPI schema with the words of one language."""
    with translation.override(language):
        return SchemaGenerator().get_schema(public=True)


class Schema(Resource):
    """The OpenAPI schema of this API."""

    @extend_schema(exclude=True)
    def get(self, request) -> Response:
        """The whole schema, as JSON."""
        return Response(schema_in(translation.get_language()))


class Docs(SpectacularSwaggerSplitView):
    """Swagger UI from our own files, under our own content security policy."""

    template_name = "api/docs.html"
    url_name = "api_schema"
    title = _("Programs and the API")
    authentication_classes = Resource.authentication_classes
    permission_classes = Resource.permission_classes
    throttle_classes = []


def docs_view():
    """The page, for those who are signed in: others are sent to sign in, as from any page."""
    made = Docs.as_view()
    made.login_required = True
    return made
