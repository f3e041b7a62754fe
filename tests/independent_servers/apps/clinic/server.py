"""Practice records API (Django REST framework, one file, state in memory)."""
import hmac
import os
import re
import uuid
from datetime import date, datetime, timezone
from decimal import Decimal

import django
from django.conf import settings

BUG = os.environ.get("BUG", "")

settings.configure(
    DEBUG=False, SECRET_KEY="practice-dev", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, APPEND_SLASH=False,
    INSTALLED_APPS=["rest_framework"], MIDDLEWARE=[], DATABASES={}, USE_TZ=True, DATA_UPLOAD_MAX_MEMORY_SIZE=None,
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [], "UNAUTHENTICATED_USER": None, "UNICODE_JSON": False,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
)
django.setup()

from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import exceptions, serializers, status  # noqa: E402
from rest_framework.authentication import BasicAuthentication  # noqa: E402
from rest_framework.negotiation import DefaultContentNegotiation  # noqa: E402
from rest_framework.parsers import JSONParser  # noqa: E402
from rest_framework.permissions import IsAuthenticated  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

PASSWORDS = {"ann": "stetho-Scope7", "bob": "otter&Tonic3"}
PATIENTS, VISITS = {}, {}


# ----------------------------------------------------------------- plumbing
class AlwaysJson(DefaultContentNegotiation):
    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Doctor:
    is_authenticated = True

    def __init__(self, username):
        self.username = username


class PracticeAuthentication(BasicAuthentication):
    www_authenticate_realm = "practice"

    def authenticate_credentials(self, userid, password, request=None):
        known = PASSWORDS.get(userid)
        if known is None or not hmac.compare_digest(known.encode(), password.encode("utf-8", "replace")):
            raise exceptions.AuthenticationFailed("Invalid username/password.")
        return Doctor(userid), None


class SafeJSONParser(JSONParser):
    def parse(self, *args, **kwargs):
        try:
            return super().parse(*args, **kwargs)
        except RecursionError:
            raise exceptions.ParseError("JSON parse error - nested too deeply")


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "Conflict."


class View(APIView):
    authentication_classes = [PracticeAuthentication]
    permission_classes = [IsAuthenticated]
    parser_classes = [SafeJSONParser]
    content_negotiation_class = AlwaysJson

    def payload(self, serializer_class, partial=False):
        data = self.request.data
        if self.request.META.get("CONTENT_LENGTH") in (None, "", "0") and not data:
            raise exceptions.ParseError("A JSON body is needed.")
        s = serializer_class(data=data, partial=partial)
        s.is_valid(raise_exception=True)
        return dict(s.validated_data)


# ------------------------------------------------------------- strict fields
class Text(serializers.Field):
    def __init__(self, lo=0, hi=None, pattern=None, **kw):
        super().__init__(**kw)
        self.lo, self.hi, self.pattern = lo, hi, pattern and re.compile(pattern)

    def to_internal_value(self, v):
        if not isinstance(v, str):
            raise serializers.ValidationError("Not a valid string.")
        if len(v) < self.lo:
            raise serializers.ValidationError("This field may not be blank.")
        if self.hi is not None and len(v) > self.hi:
            raise serializers.ValidationError(f"Ensure this field has no more than {self.hi} characters.")
        if self.pattern and not self.pattern.fullmatch(v):
            raise serializers.ValidationError("This value does not match the required pattern.")
        return v

    def to_representation(self, v):
        return v


class Day(Text):
    def to_internal_value(self, v):
        try:
            if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", super().to_internal_value(v)):
                date.fromisoformat(v)
                return v
        except ValueError:
            pass
        raise serializers.ValidationError("Date has wrong format. Use YYYY-MM-DD.")


class Choice(Text):
    def __init__(self, choices, **kw):
        super().__init__(**kw)
        self.choices = choices

    def to_internal_value(self, v):
        if not isinstance(v, str) or v not in self.choices:
            raise serializers.ValidationError("Not a valid choice.")
        return v


class Flag(serializers.Field):
    def to_internal_value(self, v):
        if not isinstance(v, bool):
            raise serializers.ValidationError("Must be a valid boolean.")
        return v


class Whole(serializers.Field):
    def __init__(self, lo, hi, **kw):
        super().__init__(**kw)
        self.lo, self.hi = lo, hi

    def to_internal_value(self, v):
        if isinstance(v, float) and v.is_integer():
            v = int(v)
        if isinstance(v, bool) or not isinstance(v, int):
            raise serializers.ValidationError("A valid integer is required.")
        if not self.lo <= v <= self.hi:
            raise serializers.ValidationError(f"Ensure this value is between {self.lo} and {self.hi}.")
        return v


class TextList(serializers.Field):
    def to_internal_value(self, v):
        if not isinstance(v, list) or not all(isinstance(x, str) for x in v):
            raise serializers.ValidationError("Expected a list of strings.")
        if len(v) > 10 or len(set(v)) != len(v) or not all(1 <= len(x) <= 60 for x in v):
            raise serializers.ValidationError("Up to 10 different entries of 1 to 60 characters.")
        return v


class PatientSerializer(serializers.Serializer):
    record_number = Text(pattern="[A-Z]{2}-[0-9]{4}")
    family_name = Text(1, 80)
    given_name = Text(1, 80)
    birth_date = Day()
    sex = Choice(("female", "male", "other", "unknown"), required=False, default="unknown")
    phone = Text(pattern=r"\+[0-9]{6,15}", required=False, allow_null=True, default=None)
    allergies = TextList(required=False, default=list)
    archived = Flag(required=False, default=False)


class VisitSerializer(serializers.Serializer):
    date = Day()
    start_time = Text(pattern="([01][0-9]|2[0-3]):[0-5][0-9]")
    duration_minutes = Whole(5, 240, required=False, default=30)
    reason = Text(1, 200)
    fee = Text(pattern=r"[0-9]{1,5}\.[0-9]{2}", required=False, default="0.00")
    status = Choice(("planned", "done", "cancelled"), required=False, default="planned")


class VisitReplaceSerializer(VisitSerializer):
    duration_minutes = Whole(5, 240 if BUG != "put_duration_unbounded" else 10**9, required=False, default=30)


# ------------------------------------------------------------------- helpers
def find_patient(request, raw):
    row = PATIENTS.get(raw.lower())
    if row is None or row["doctor"] != request.user.username:
        raise exceptions.NotFound("No patient matches the given id.")
    return row


def find_visit(patient, raw):
    row = VISITS.get(raw.lower())
    if row is None or row["patient"] != patient["id"]:
        raise exceptions.NotFound("No visit matches the given id.")
    return row


def show_patient(row):
    return {**row, "visit_count": sum(v["patient"] == row["id"] for v in VISITS.values())}


def show_visit(row):
    return {k: v for k, v in row.items() if k != "doctor"}


def check_record_number(request, number, but=None):
    for p in PATIENTS.values():
        if p is not but and p["doctor"] == request.user.username and p["record_number"] == number:
            raise Conflict("You have a patient with this record number.")


def whole_query(request, name, default, lo, hi):
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if not re.fullmatch("[0-9]{1,9}", raw) or not lo <= int(raw) <= hi:
        raise exceptions.ValidationError({name: [f"Must be an integer between {lo} and {hi}."]})
    return int(raw)


def choice_query(request, name, options, default=None):
    raw = request.query_params.get(name)
    if raw is None:
        return default
    if raw not in options:
        raise exceptions.ValidationError({name: ["Not a valid choice."]})
    return raw


def paginate(request, rows, show):
    size = whole_query(request, "page_size", 8 if BUG == "page_size_default" else 10, 1, 50)
    page = whole_query(request, "page", 1, 1, 999999999)
    last = max(1, -(-len(rows) // size))
    if BUG == "last_page_missing":
        last = max(1, len(rows) // size)
    if page > last:
        raise exceptions.NotFound("Invalid page.")

    def link(n):
        q = request.query_params.copy()
        q["page"] = str(n)
        return request.build_absolute_uri(request.path + "?" + q.urlencode())

    return Response({
        "count": len(rows),
        "next": link(page + 1) if page < last else None,
        "previous": link(page - 1) if page > 1 else None,
        "results": [show(r) for r in rows[(page - 1) * size:page * size]],
    })


def created(data, where):
    return Response(data, status=201, headers={"Location": where})


# --------------------------------------------------------------------- views
class Me(View):
    def get(self, request):
        mine = [p for p in PATIENTS.values() if p["doctor"] == request.user.username]
        return Response({"username": request.user.username, "patient_count": len(mine)})


class PatientList(View):
    def get(self, request):
        rows = [p for p in PATIENTS.values() if p["doctor"] == request.user.username]
        archived = choice_query(request, "archived", ("true", "false"))
        search = request.query_params.get("search")
        if search is not None:
            if not 1 <= len(search) <= 80:
                raise exceptions.ValidationError({"search": ["Must have 1 to 80 characters."]})
            if BUG == "search_leaks":
                rows = list(PATIENTS.values())
            needle = search.casefold()
            rows = [p for p in rows if needle in p["family_name"].casefold() or needle in p["given_name"].casefold()]
        if archived is not None:
            rows = [p for p in rows if p["archived"] is (archived == "true")]
        order = choice_query(request, "ordering", ("created_at", "-created_at", "family_name", "-family_name"), "created_at")
        if order == "-created_at":
            rows.reverse()
        elif order != "created_at":
            rows.sort(key=lambda p: p["family_name"], reverse=order.startswith("-"))
        return paginate(request, rows, show_patient)

    def post(self, request):
        data = self.payload(PatientSerializer)
        check_record_number(request, data["record_number"])
        row = {"id": str(uuid.uuid4()), "doctor": request.user.username, **data,
               "created_at": datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")}
        if BUG == "doctor_assignable" and isinstance(request.data.get("doctor"), str):
            row["doctor"] = request.data["doctor"]
        PATIENTS[row["id"]] = row
        return created(show_patient(row), f"/api/patients/{row['id']}/")


class PatientDetail(View):
    def get(self, request, patient_id):
        return Response(show_patient(find_patient(request, patient_id)))

    def put(self, request, patient_id):
        row = find_patient(request, patient_id)
        data = self.payload(PatientSerializer)
        check_record_number(request, data["record_number"], row)
        row.update(data)
        return Response(show_patient(row))

    def patch(self, request, patient_id):
        row = find_patient(request, patient_id)
        data = self.payload(PatientSerializer, partial=True)
        if "record_number" in data and BUG != "patch_breaks_unique":
            check_record_number(request, data["record_number"], row)
        row.update(data)
        return Response(show_patient(row))

    def delete(self, request, patient_id):
        row = find_patient(request, patient_id)
        del PATIENTS[row["id"]]
        if BUG != "visits_outlive_patient":
            for v in [v for v in VISITS.values() if v["patient"] == row["id"]]:
                del VISITS[v["id"]]
        return Response(status=204)


def visit_rows(request, rows):
    state = choice_query(request, "status", ("planned", "done", "cancelled"))
    if state is not None:
        rows = [v for v in rows if v["status"] == state]
    order = choice_query(request, "ordering", ("date", "-date"), "date")
    return sorted(rows, key=lambda v: v["date"] + v["start_time"], reverse=order == "-date")


class AllVisits(View):
    def get(self, request):
        rows = [v for v in VISITS.values() if v["doctor"] == request.user.username]
        return paginate(request, visit_rows(request, rows), show_visit)


class VisitList(View):
    def get(self, request, patient_id):
        patient = find_patient(request, patient_id)
        rows = [v for v in VISITS.values() if v["patient"] == patient["id"]]
        return paginate(request, visit_rows(request, rows), show_visit)

    def post(self, request, patient_id):
        patient = find_patient(request, patient_id)
        data = self.payload(VisitSerializer)
        row = {"id": str(uuid.uuid4()), "patient": patient["id"], "doctor": patient["doctor"], **data}
        VISITS[row["id"]] = row
        return created(show_visit(row), f"/api/patients/{patient['id']}/visits/{row['id']}/")


class VisitDetail(View):
    def get(self, request, patient_id, visit_id):
        return Response(show_visit(find_visit(find_patient(request, patient_id), visit_id)))

    def put(self, request, patient_id, visit_id):
        row = find_visit(find_patient(request, patient_id), visit_id)
        row.update(self.payload(VisitReplaceSerializer))
        return Response(show_visit(row))

    def patch(self, request, patient_id, visit_id):
        row = find_visit(find_patient(request, patient_id), visit_id)
        data = self.payload(VisitSerializer, partial=True)
        if BUG == "patched_fee_format" and "fee" in data:
            data["fee"] = format(Decimal(data["fee"]).normalize(), "f")
        row.update(data)
        return Response(show_visit(row))

    def delete(self, request, patient_id, visit_id):
        row = find_visit(find_patient(request, patient_id), visit_id)
        del VISITS[row["id"]]
        return Response(status=204)


def handler404(request, exception=None):
    return JsonResponse({"detail": "Not found."}, status=404)


def handler500(request):
    return JsonResponse({"detail": "A server error occurred."}, status=500)


urlpatterns = [
    path("api/me/", Me.as_view()),
    path("api/patients/", PatientList.as_view()),
    path("api/patients/<str:patient_id>/", PatientDetail.as_view()),
    path("api/patients/<str:patient_id>/visits/", VisitList.as_view()),
    path("api/patients/<str:patient_id>/visits/<str:visit_id>/", VisitDetail.as_view()),
    path("api/visits/", AllVisits.as_view()),
]

if __name__ == "__main__":
    import uvicorn
    from django.core.asgi import get_asgi_application
    uvicorn.run(get_asgi_application(), host="127.0.0.1", port=int(os.environ.get("PORT", "8000")),
                lifespan="off", log_level="warning")
