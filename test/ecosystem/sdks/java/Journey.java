// A person signs up, in, changes a trait and leaves; an administrator looks. All with Ory's own client.
import java.util.Map;
import sh.ory.kratos.ApiClient;
import sh.ory.kratos.ApiException;
import sh.ory.kratos.api.FrontendApi;
import sh.ory.kratos.api.IdentityApi;
import sh.ory.kratos.model.*;

public class Journey {
    static final String EMAIL = "java@example.org", PASSWORD = "c0rrect-horse-battery";

    static ApiClient at(String variable) {
        return new ApiClient().setBasePath(System.getenv(variable));
    }

    static void check(boolean holds, String what) {
        if (!holds) throw new AssertionError(what);
    }

    public static void main(String[] arguments) throws ApiException {
        var people = new FrontendApi(at("PUBLIC_URL"));
        var admin = new IdentityApi(at("ADMIN_URL"));

        var signUp = new UpdateRegistrationFlowBody();
        signUp.setActualInstance(new UpdateRegistrationFlowWithPasswordMethod()
            .method("password").password(PASSWORD).traits(Map.of("email", EMAIL)));
        var registration = people.createNativeRegistrationFlow(null, null, null, null).getId();
        var person = people.updateRegistrationFlow(registration, signUp, null).getIdentity();

        var signIn = new UpdateLoginFlowBody();
        signIn.setActualInstance(new UpdateLoginFlowWithPasswordMethod()
            .method("password").identifier(EMAIL).password(PASSWORD));
        var login = people.createNativeLoginFlow(null, null, null, null, null, null, null, null).getId();
        var token = people.updateLoginFlow(login, signIn, null, null).getSessionToken();
        var session = people.toSession(token, null, null);
        check(session.getActive() && session.getIdentity().getId().equals(person.getId()), "who is signed in");

        var change = new UpdateSettingsFlowBody();
        change.setActualInstance(new UpdateSettingsFlowWithProfileMethod()
            .method("profile").traits(Map.of("email", EMAIL, "name", Map.of("first", "Java"))));
        var settings = people.createNativeSettingsFlow(token).getId();
        var changed = people.updateSettingsFlow(settings, change, token, null);
        check(changed.getState().toString().equals("success"), "the settings are saved");

        check(admin.getIdentity(person.getId(), null).getTraits().toString().contains("Java"), "the trait is there");
        var code = new CreateRecoveryCodeForIdentityBody().identityId(person.getId());
        check(admin.createRecoveryCodeForIdentity(code).getRecoveryCode().matches("\\d+"), "a code to recover with");

        people.performNativeLogout(new PerformNativeLogoutBody().sessionToken(token));
        try {
            people.toSession(token, null, null);
            throw new AssertionError("the session is still there");
        } catch (ApiException refused) {
            check(refused.getCode() == 401, "nobody is signed in");
        }
        admin.deleteIdentity(person.getId());
        System.out.println("done");
    }
}
