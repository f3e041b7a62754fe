import io
import itertools
import os
import re
from datetime import date
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings

settings.configure(SECRET_KEY="diary", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, APPEND_SLASH=False, INSTALLED_APPS=["rest_framework"],
                   MIDDLEWARE=[], REST_FRAMEWORK={"UNAUTHENTICATED_USER": None, "DEFAULT_METADATA_CLASS": None,
                                                  "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]})
import django

django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path, register_converter
from rest_framework import generics, serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound, ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.response import Response

DEFECT = os.environ.get("DEFECT") == "1"
TOKENS = {"wd_ann_e2f6a0b4": "ann", "wd_bob_17c9d3e8": "bob"}
SPORTS = ("run", "ride", "swim", "row")
diary = {}
sequence = itertools.count(1)


class Token(BaseAuthentication):
    def authenticate(self, request):
        kind, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        if token.strip() not in TOKENS:
            raise AuthenticationFailed("Invalid token.")
        return TOKENS[token.strip()], token

    def authenticate_header(self, request):
        return "Bearer"


class HasUser(BasePermission):
    def has_permission(self, request, view):
        return request.user is not None


class Json(JSONParser):
    def parse(self, *args, **kwargs):
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise ParseError("JSON parse error")


class Negotiation(DefaultContentNegotiation):
    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


def is_number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool)


class Str(serializers.CharField):
    def __init__(self, **kw):
        super().__init__(trim_whitespace=False, **kw)
        self.validators = [v for v in self.validators if "ProhibitNull" not in type(v).__name__]

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        return data


class StrictChoice(serializers.ChoiceField):
    default_error_messages = {"invalid_choice": "Not a valid choice."}

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid_choice", input=type(data).__name__)
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    def to_internal_value(self, data):
        if not is_number(data) or isinstance(data, float) and not data.is_integer():
            self.fail("invalid")
        return int(data)


class Number(serializers.FloatField):
    def to_internal_value(self, data):
        if not is_number(data):
            self.fail("invalid")
        if not 0 <= data <= 1000:
            raise serializers.ValidationError("Must be from 0 to 1000.")
        return data

    def to_representation(self, value):
        return value


class IsoDate(serializers.DateField):
    def to_internal_value(self, value):
        if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class WorkoutSerializer(serializers.Serializer):
    id = serializers.IntegerField(read_only=True)
    sport = StrictChoice(choices=SPORTS)
    date = IsoDate()
    minutes = Whole(min_value=1, max_value=1440)
    distance_km = Number(allow_null=True, default=None)
    comment = Str(max_length=300, allow_blank=True, default="")


class Base(generics.GenericAPIView):
    authentication_classes = [Token]
    permission_classes = [HasUser]
    parser_classes = [Json]
    content_negotiation_class = Negotiation
    serializer_class = WorkoutSerializer

    def validated(self, request):
        if not isinstance(request.data, dict):
            raise ParseError("A JSON object is expected.")
        s = WorkoutSerializer(data=request.data)
        s.is_valid(raise_exception=True)
        return dict(s.validated_data)


class WorkoutList(Base):
    def get(self, request):
        rows = [w for w in list(diary.values()) if w["user"] == request.user]
        sport = request.query_params.get("sport")
        if sport is not None:
            if sport not in SPORTS:
                raise serializers.ValidationError({"sport": ["Not a valid choice."]})
            rows = [w for w in rows if w["sport"] == sport]
        ordering = request.query_params.get("ordering", "date")
        if ordering not in ("date", "-date"):
            raise serializers.ValidationError({"ordering": ["Not a valid choice."]})
        rows.sort(key=lambda w: w["date"], reverse=ordering == "-date")
        return Response(WorkoutSerializer(rows, many=True).data)

    def post(self, request):
        data = self.validated(request)
        w = {"id": next(sequence), "user": request.user, **data}
        diary[w["id"]] = w
        return Response(WorkoutSerializer(w).data, status=201)


class WorkoutDetail(Base):
    def workout(self, request, pk):
        w = diary.get(pk)
        if w is None or w["user"] != request.user and not DEFECT:
            raise NotFound("No such workout.")
        return w

    def get(self, request, pk):
        return Response(WorkoutSerializer(self.workout(request, pk)).data)

    def put(self, request, pk):
        w = self.workout(request, pk)
        w.update(self.validated(request))
        return Response(WorkoutSerializer(w).data)

    def delete(self, request, pk):
        self.workout(request, pk)
        del diary[pk]
        return Response(status=204)


class Pk:
    regex = "[^/]+"

    def to_python(self, value):
        return int(value) if re.fullmatch("[1-9][0-9]{0,17}", value) else 0

    def to_url(self, value):
        return str(value)


register_converter(Pk, "pk")


def handler404(request, exception=None):
    return JsonResponse({"detail": "Not found."}, status=404)


handler400 = handler404
urlpatterns = [
    path("diary/workouts/", WorkoutList.as_view()),
    path("diary/workouts/<pk:pk>/", WorkoutDetail.as_view()),
]


class Handler(WSGIRequestHandler):
    def log_message(self, *args):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def read_body(app):
    """Reads the body before the application runs, so that none is left on the socket."""
    def wrapped(environ, start_response):
        length = environ.get("CONTENT_LENGTH") or "0"
        environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(int(length) if length.isdigit() else 0))
        return app(environ, start_response)
    return wrapped


if __name__ == "__main__":
    with Server(("127.0.0.1", int(os.environ["PORT"])), Handler) as httpd:
        httpd.set_app(read_body(get_wsgi_application()))
        httpd.serve_forever()
