import os
import re
from datetime import date, datetime, time, timedelta, timezone
from io import BytesIO
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.conf import settings

settings.configure(
    DEBUG=False, SECRET_KEY="evening-school", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, APPEND_SLASH=False,
    INSTALLED_APPS=["rest_framework"], MIDDLEWARE=[], USE_TZ=True,
    REST_FRAMEWORK={
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_AUTHENTICATION_CLASSES": [], "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
)
import django

django.setup()
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.response import Response
from rest_framework.views import APIView

DEFECT = os.environ.get("DEFECT") == "1"
courses, enrolments = {}, {}


class JsonOnly(BaseContentNegotiation):
    def select_parser(self, request, parsers):
        for p in parsers:
            if request.content_type.split(";")[0].strip().lower() == p.media_type:
                return p
        return None

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Conflict(APIException):
    status_code = 409


class Text(serializers.CharField):
    """CharField that takes only strings and leaves them as they are."""

    def __init__(self, **kw):
        super().__init__(trim_whitespace=False, **kw)
        self.validators = [v for v in self.validators if not type(v).__name__.startswith("ProhibitNull")]

    def run_validation(self, data=serializers.empty):
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        return super().run_validation(data)


class Integer(serializers.IntegerField):
    def to_internal_value(self, data):
        if isinstance(data, bool) or not isinstance(data, (int, float)) or isinstance(data, float) and not data.is_integer():
            self.fail("invalid")
        return super().to_internal_value(int(data))


class Day(serializers.DateField):
    def to_internal_value(self, value):
        if not isinstance(value, str) or not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class CourseWrite(serializers.Serializer):
    code = Text()
    title = Text(max_length=100)
    starts_on = Day()
    capacity = Integer(min_value=1, max_value=500)

    def validate_code(self, v):
        if not re.fullmatch("[A-Z]{2,4}-[0-9]{1,4}", v):
            raise serializers.ValidationError("A code looks like ITA-101.")
        return v


class EnrolmentWrite(serializers.Serializer):
    student = Text(max_length=80)


SCHOOL_TZ = timezone(timedelta(hours=1))


def course_json(c):
    day = c["starts_on"]
    if DEFECT:
        # kept as midnight local time, shown as a UTC day
        day = datetime.combine(max(day, date(1, 1, 2)), time(), SCHOOL_TZ).astimezone(timezone.utc).date()
    return {"code": c["code"], "title": c["title"], "starts_on": day.isoformat(), "capacity": c["capacity"],
            "seats_left": c["capacity"] - len(enrolments[c["code"]])}


def find(code):
    if code not in courses:
        raise NotFound("There is no course with this code.")
    return courses[code]


class SafeJSONParser(JSONParser):
    def parse(self, *args, **kw):
        try:
            return super().parse(*args, **kw)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply")


class View(APIView):
    parser_classes = [SafeJSONParser]
    content_negotiation_class = JsonOnly


class Courses(View):
    def get(self, request):
        raw = request.query_params.get("page", "1")
        if not re.fullmatch("[0-9]{1,6}", raw) or not 1 <= int(raw) <= 10000:
            raise serializers.ValidationError({"page": ["A number from 1 to 10000 is needed."]})
        start = (int(raw) - 1) * 10
        rows = list(courses.values())
        return Response({"count": len(rows), "results": [course_json(c) for c in rows[start:start + 10]]})

    def post(self, request):
        if not isinstance(request.data, dict):
            raise ParseError("An object is needed.")
        s = CourseWrite(data=request.data)
        s.is_valid(raise_exception=True)
        c = dict(s.validated_data)
        if c["code"] in courses:
            raise Conflict("Another course has this code already.")
        courses[c["code"]] = c
        enrolments[c["code"]] = []
        return Response(course_json(c), 201)


class OneCourse(View):
    def get(self, request, code):
        return Response(course_json(find(code)))

    def delete(self, request, code):
        find(code)
        del courses[code], enrolments[code]
        return Response(status=204)


class Enrolments(View):
    def get(self, request, code):
        find(code)
        return Response(enrolments[code])

    def post(self, request, code):
        course = find(code)
        if not isinstance(request.data, dict):
            raise ParseError("An object is needed.")
        s = EnrolmentWrite(data=request.data)
        s.is_valid(raise_exception=True)
        rows = enrolments[code]
        if len(rows) >= course["capacity"]:
            raise Conflict("No seats are left.")
        rows.append({"number": len(rows) + 1, "student": s.validated_data["student"]})
        return Response(rows[-1], 201)


def not_found(request, exception=None):
    return JsonResponse({"detail": "Not found."}, status=404)


handler404 = not_found
handler400 = not_found
urlpatterns = [
    path("school/v2/courses", Courses.as_view()),
    path("school/v2/courses/<str:code>", OneCourse.as_view()),
    path("school/v2/courses/<str:code>/enrolments", Enrolments.as_view()),
]
django_app = get_wsgi_application()


def application(environ, start_response):
    # take the whole body off the socket, whether or not a view looks at it
    n = environ.get("CONTENT_LENGTH") or "0"
    environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(n) if n.isdigit() else 0))
    return django_app(environ, start_response)


class Quiet(WSGIRequestHandler):
    def log_message(self, *a):
        pass


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


if __name__ == "__main__":
    server = Server(("127.0.0.1", int(os.environ["PORT"])), Quiet)
    server.set_app(application)
    server.serve_forever()
