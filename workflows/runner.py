"""The workflow sandbox, without being entered for a context that is known outside.

The SDK asks a workflow's instance, for every payload that goes in or out, for the serialization context of the command it
belongs to, and the sandbox answers by compiling and running code inside itself: a tenth to a fifth of a millisecond each time,
dozens of times in a claim's life. Our codec (adapters/codec.py) binds a payload to the namespace and id of its workflow, which an
activity's context repeats: for these two the answer is the workflow's own context. What concerns another workflow (a child, a
signal to another claim) is still asked of the sandbox. Source: temporalio.worker's `WorkflowInstance.get_serialization_context`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from temporalio.api.enums.v1 import CommandType
from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext, WorkflowSerializationContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info


@dataclass(frozen=True)
class Runner(SandboxedWorkflowRunner):
    """The sandbox as it is, for a codec to which a workflow and its activities are one place."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Sandboxed(super().create_instance(det), det.info)


class _Sandboxed(WorkflowInstance):
    def __init__(self, inside: WorkflowInstance, info: Info) -> None:
        self._inside = inside
        self._own = WorkflowSerializationContext(namespace=info.namespace, workflow_id=info.workflow_id)

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._inside.activate(act)

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        if command_info is None or command_info.command_type == CommandType.COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK:
            return self._own
        return self._inside.get_serialization_context(command_info)

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        return self._inside.get_external_store_context(command_info)

    def get_info(self) -> Info:
        return self._inside.get_info()

    def get_thread_id(self) -> int | None:
        return self._inside.get_thread_id()
