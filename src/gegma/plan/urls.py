"""Addresses of the plan and of the home page."""

from django.urls import path

from .views import activity, board, cycle, home, imports, indicator, measure, review, use

urlpatterns = [
    path("", home.home, name="home"),
    path("home/unfinished/", home.unfinished, name="home_unfinished"),
    path("plan/", board.plans, name="plans"),
    path("plan/import/", imports.upload, name="plan_import"),
    path("plan/import/<uuid:draft>/", imports.review, name="plan_import_review"),
    path("plan/use/", use.use_as_measure, name="use_as_measure"),
    path("plan/<slug:key>/", board.board, name="board"),
    path("plan/<slug:key>/open-points/", board.open_points, name="open_points"),
    path("plan/<slug:key>/cycle/", cycle.cycle, name="cycle"),
    path("plan/<slug:key>/cycle/<int:pk>/", cycle.period, name="cycle_period"),
    path("plan/<slug:key>/cycle/<int:pk>/review/", review.review, name="cycle_review"),
    path("plan/<slug:key>/cycle/<int:pk>/reports/<int:number>/", cycle.update, name="update_write"),
    path("plan/<slug:key>/cycle/<int:pk>/reports/<int:number>/draft/", cycle.update_draft, name="update_draft"),
    path("plan/<slug:key>/activity/<path:code>/", activity.activity, name="activity"),
    path("plan/<slug:key>/step/<int:pk>/", activity.tick, name="step_tick"),
    path("plan/<slug:key>/indicator/<int:pk>/", indicator.indicator, name="indicator"),
    path("plan/<slug:key>/measure/<int:pk>/", measure.measure, name="measure"),
]
