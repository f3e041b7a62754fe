import io
import os
import re
import uuid
from datetime import date
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings

settings.configure(
    SECRET_KEY="clinic", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, APPEND_SLASH=False,
    INSTALLED_APPS=["rest_framework"], MIDDLEWARE=[],
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": [], "UNAUTHENTICATED_USER": None,
    },
)
import django

django.setup()
from django.core.handlers.wsgi import WSGIHandler
from django.http import JsonResponse
from django.urls import path
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.response import Response

DEFECT = os.environ.get("DEFECT") == "1"
PRACTITIONERS = {"dr-adeyemi": "Dr Funmi Adeyemi", "dr-krog": "Dr Lise Krog"}
START = re.compile("(0[89]|1[0-7]):(00|15|30|45)")
appointments = {}


def parse_day(value):
    if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise serializers.ValidationError("Enter a date as YYYY-MM-DD.")
    try:
        date.fromisoformat(value)
    except ValueError:
        raise serializers.ValidationError("There is no such day.")
    return value


class StringField(serializers.Field):
    def __init__(self, min_length=0, max_length=None, pattern=None, choices=None, **kw):
        super().__init__(**kw)
        self.lo, self.hi, self.pattern, self.choices = min_length, max_length, pattern, choices

    def to_internal_value(self, v):
        if not isinstance(v, str):
            raise serializers.ValidationError("Not a valid string.")
        try:
            v.encode()
        except UnicodeEncodeError:  # half of a surrogate pair
            raise serializers.ValidationError("Not a valid string.")
        if len(v) < self.lo or self.hi is not None and len(v) > self.hi:
            raise serializers.ValidationError(f"Needs {self.lo} to {self.hi} characters.")
        if self.pattern and not self.pattern.fullmatch(v) or self.choices and v not in self.choices:
            raise serializers.ValidationError("Not a valid value.")
        return v

    def to_representation(self, v):
        return v


class DayField(StringField):
    def to_internal_value(self, v):
        return parse_day(v)


class MinutesField(serializers.Field):
    def to_internal_value(self, v):
        if isinstance(v, bool) or not isinstance(v, (int, float)) or isinstance(v, float) and not v.is_integer():
            raise serializers.ValidationError("A valid integer is required.")
        if v < 5:
            raise serializers.ValidationError("Ensure this value is greater than or equal to 5.")
        if v >= 120 if DEFECT else v > 120:
            raise serializers.ValidationError("Ensure this value is less than or equal to 120.")
        return int(v)

    def to_representation(self, v):
        return v


class AppointmentSerializer(serializers.Serializer):
    id = serializers.UUIDField(read_only=True)
    practitioner = StringField(choices=PRACTITIONERS)
    patient_name = StringField(2, 80)
    day = DayField()
    start = StringField(pattern=START)
    duration_minutes = MinutesField()
    reason = StringField(0, 500, default="")


class IgnoreAccept(DefaultContentNegotiation):
    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Parser(JSONParser):
    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("Too deep.")


class PractitionerViewSet(viewsets.ViewSet):
    content_negotiation_class = IgnoreAccept

    def list(self, request):
        return Response([{"slug": k, "name": v} for k, v in PRACTITIONERS.items()])


class AppointmentViewSet(viewsets.ViewSet):
    content_negotiation_class = IgnoreAccept
    parser_classes = [Parser]

    def find(self, pk):
        if pk not in appointments:
            raise NotFound("There is no such appointment.")
        return appointments[pk]

    def read(self, request):
        if not isinstance(request.data, dict):
            raise ParseError("A JSON object is required.")
        s = AppointmentSerializer(data=request.data)
        s.is_valid(raise_exception=True)
        return s.validated_data

    def list(self, request):
        rows = list(appointments.values())
        q = request.query_params
        if "practitioner" in q:
            if q["practitioner"] not in PRACTITIONERS:
                raise serializers.ValidationError({"practitioner": ["Unknown practitioner."]})
            rows = [r for r in rows if r["practitioner"] == q["practitioner"]]
        if "day" in q:
            try:
                day = parse_day(q["day"])
            except serializers.ValidationError as e:
                raise serializers.ValidationError({"day": e.detail})
            rows = [r for r in rows if r["day"] == day]
        return Response(AppointmentSerializer(rows, many=True).data)

    def create(self, request):
        a = {"id": uuid.uuid4(), **self.read(request)}
        appointments[a["id"]] = a
        return Response(AppointmentSerializer(a).data, status=201)

    def retrieve(self, request, pk):
        return Response(AppointmentSerializer(self.find(pk)).data)

    def update(self, request, pk):
        self.find(pk)
        appointments[pk] = {"id": pk, **self.read(request)}
        return Response(AppointmentSerializer(appointments[pk]).data)

    def destroy(self, request, pk):
        self.find(pk)
        del appointments[pk]
        return Response(status=204)


def missing(request, exception=None):
    return JsonResponse({"detail": "Not found."}, status=404)


handler404 = handler400 = missing
one = AppointmentViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"})


def any_id(request, text):
    try:
        if not re.fullmatch("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", text):
            raise ValueError
        pk = uuid.UUID(text)
    except ValueError:
        pk = None
    return one(request, pk=pk)


any_id.csrf_exempt = True
urlpatterns = [
    path("practitioners", PractitionerViewSet.as_view({"get": "list"})),
    path("appointments", AppointmentViewSet.as_view({"get": "list", "post": "create"})),
    path("appointments/<str:text>", any_id),
]


class Handler(WSGIRequestHandler):
    def log_message(self, *a):
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
    server = Server(("127.0.0.1", int(os.environ["PORT"])), Handler)
    server.set_app(read_body(WSGIHandler()))
    server.serve_forever()
