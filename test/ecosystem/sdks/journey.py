"""A person signs up, in, changes a trait and leaves; an administrator looks. All with Ory's own client."""
import os
import sys

import ory_kratos_client as ory
from ory_kratos_client.api.frontend_api import FrontendApi
from ory_kratos_client.api.identity_api import IdentityApi

public = FrontendApi(ory.ApiClient(ory.Configuration(host=os.environ["PUBLIC_URL"])))
admin = IdentityApi(ory.ApiClient(ory.Configuration(host=os.environ["ADMIN_URL"])))
EMAIL, PASSWORD = "py@example.org", "c0rrect-horse-battery"

flow = public.create_native_registration_flow()
body = ory.UpdateRegistrationFlowBody(
    ory.UpdateRegistrationFlowWithPasswordMethod(method="password", password=PASSWORD, traits={"email": EMAIL})
)
registered = public.update_registration_flow(flow=flow.id, update_registration_flow_body=body)

flow = public.create_native_login_flow()
body = ory.UpdateLoginFlowBody(
    ory.UpdateLoginFlowWithPasswordMethod(method="password", identifier=EMAIL, password=PASSWORD)
)
token = public.update_login_flow(flow=flow.id, update_login_flow_body=body).session_token
session = public.to_session(x_session_token=token)
assert session.active and session.identity.id == registered.identity.id

flow = public.create_native_settings_flow(x_session_token=token)
body = ory.UpdateSettingsFlowBody(
    ory.UpdateSettingsFlowWithProfileMethod(method="profile", traits={"email": EMAIL, "name": {"first": "Py"}})
)
changed = public.update_settings_flow(flow=flow.id, x_session_token=token, update_settings_flow_body=body)
assert changed.state == "success" and changed.identity.traits["name"]["first"] == "Py"

assert [one.id for one in admin.list_identities(credentials_identifier=EMAIL)] == [session.identity.id]
assert admin.get_identity(session.identity.id).traits["email"] == EMAIL
assert len(admin.list_identity_sessions(session.identity.id)) >= 1
code = admin.create_recovery_code_for_identity(
    create_recovery_code_for_identity_body=ory.CreateRecoveryCodeForIdentityBody(identity_id=session.identity.id)
)
assert code.recovery_code.isdigit()

public.perform_native_logout(ory.PerformNativeLogoutBody(session_token=token))
try:
    public.to_session(x_session_token=token)
    sys.exit("the session is still there")
except ory.ApiException as refused:
    assert refused.status == 401
admin.delete_identity(session.identity.id)
print("done")
