from django.urls import path

from gtcrowd.portal import objects, views

app_name = "portal"
urlpatterns = [
    path("", views.start, name="start"),
    path("join/<str:token>/", views.accept, name="join"),
    path("work/", views.work, name="work"),
    path("work/frame/<int:pk>/", views.frame, name="frame"),
    path("work/object/<str:token>/", objects.serve, name="object"),
    path("work/<int:pk>/", views.job, name="job"),
    path("work/<int:pk>/start/", views.begin, name="begin"),
    path("work/<int:pk>/submit/", views.hand_in, name="submit"),
    path("work/<int:pk>/leave/", views.give_up, name="leave"),
]
