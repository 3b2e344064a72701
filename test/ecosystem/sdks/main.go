// A person signs up and in, and an administrator looks, with Ory's own client.
package main

import (
	"context"
	"fmt"
	"os"

	ory "github.com/ory/client-go"
)

func client(url string) *ory.APIClient {
	configuration := ory.NewConfiguration()
	configuration.Servers = ory.ServerConfigurations{{URL: url}}
	return ory.NewAPIClient(configuration)
}

func must[T any](value T, _ any, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return value
}

func main() {
	ctx := context.Background()
	public, admin := client(os.Getenv("PUBLIC_URL")), client(os.Getenv("ADMIN_URL"))
	email, password := "go@example.org", "c0rrect-horse-battery"

	up := must(public.FrontendAPI.CreateNativeRegistrationFlow(ctx).Execute())
	traits := map[string]interface{}{"email": email}
	signUp := ory.UpdateRegistrationFlowWithPasswordMethod{Method: "password", Password: password, Traits: traits}
	must(public.FrontendAPI.UpdateRegistrationFlow(ctx).Flow(up.Id).
		UpdateRegistrationFlowBody(ory.UpdateRegistrationFlowWithPasswordMethodAsUpdateRegistrationFlowBody(&signUp)).Execute())

	in := must(public.FrontendAPI.CreateNativeLoginFlow(ctx).Execute())
	signIn := ory.UpdateLoginFlowWithPasswordMethod{Method: "password", Identifier: email, Password: password}
	login := must(public.FrontendAPI.UpdateLoginFlow(ctx).Flow(in.Id).
		UpdateLoginFlowBody(ory.UpdateLoginFlowWithPasswordMethodAsUpdateLoginFlowBody(&signIn)).Execute())
	session := must(public.FrontendAPI.ToSession(ctx).XSessionToken(*login.SessionToken).Execute())

	found := must(admin.IdentityAPI.GetIdentity(ctx, session.Identity.Id).Execute())
	sessions := must(admin.IdentityAPI.ListIdentitySessions(ctx, found.Id).Execute())
	if !*session.Active || len(sessions) == 0 {
		os.Exit(2)
	}
	if _, err := admin.IdentityAPI.DeleteIdentity(ctx, found.Id).Execute(); err != nil {
		os.Exit(3)
	}
	fmt.Println("done")
}
