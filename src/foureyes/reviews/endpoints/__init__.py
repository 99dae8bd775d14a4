"""Reviews over HTTP: themselves, their reports and sources, a workspace's numbers, the operator's queue."""

from fastapi import APIRouter

from foureyes.reviews.endpoints import admin, reports, reviews, stats

router = APIRouter()
for _part in (reviews, reports, stats, admin):
    router.include_router(_part.router)
