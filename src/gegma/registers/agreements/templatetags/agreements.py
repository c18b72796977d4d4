"""What the page of an agreement has beyond every record's page."""

from django import template

from gegma.engine import registry

from .. import course

register = template.Library()


@register.inclusion_tag("agreements/course.html", takes_context=True)
def agreement_course(context, agreement) -> dict:
    """Its steps, rounds and documents by day, and the steps that may follow."""
    user = context["request"].user
    may_change = registry.get("agreements").may(user, "change", agreement)
    may, may_not = course.following(agreement) if may_change else ([], [])
    return {"record": agreement, "events": course.events(agreement, user), "may_change": may_change, "may": may, "may_not": may_not}


@register.inclusion_tag("agreements/contacts.html", takes_context=True)
def agreement_contacts(context, agreement) -> dict:
    """The contact points of the parties."""
    return {"part": course.contacts(agreement, context["request"].user)}
