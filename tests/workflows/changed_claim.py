"""The claim's workflow as a release could change it: before its first step it also waits a second, one command more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue

from workflows.claim import ClaimWorkflow


@workflow.defn(name="ClaimWorkflow", sandboxed=False)
class Guarded(ClaimWorkflow):
    """Runs that began before the change go on as they began."""

    @workflow.init
    def __init__(self, start: RawValue) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: RawValue) -> dict[str, Any]:
        if workflow.patched("wait-before-the-first-step"):
            await workflow.sleep(timedelta(seconds=1))
        return await super().run(start)


@workflow.defn(name="ClaimWorkflow", sandboxed=False)
class Unguarded(ClaimWorkflow):
    """The same change without `patched`."""

    @workflow.init
    def __init__(self, start: RawValue) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: RawValue) -> dict[str, Any]:
        await workflow.sleep(timedelta(seconds=1))
        return await super().run(start)
