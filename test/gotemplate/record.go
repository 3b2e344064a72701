// Renders the templates of cases.json with Kratos' own code and writes golden.json. Run it inside a checkout of
// Kratos v26.2.0: go run <here>/record.go <here>/cases.json <here>/golden.json
package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"testing/fstest"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/ory/kratos/courier/template"
	"github.com/ory/kratos/courier/template/email"
	"github.com/ory/x/httpx"
)

type dependencies struct{}

func (dependencies) HTTPClient(context.Context, ...httpx.ResilientOptions) *retryablehttp.Client {
	return retryablehttp.NewClient()
}

type rendered struct {
	Text    string `json:"text"`
	Failed  bool   `json:"failed,omitempty"`
	Message string `json:"message,omitempty"`
}

func outcome(text string, err error) rendered {
	if err != nil {
		return rendered{Failed: true, Message: err.Error()}
	}
	return rendered{Text: text}
}

func main() {
	var cases struct {
		Model     email.RecoveryCodeValidModel
		Templates []string
	}
	raw, _ := os.ReadFile(os.Args[1])
	if err := json.Unmarshal(raw, &cases); err != nil {
		panic(err)
	}
	golden := map[string][]rendered{}
	for _, one := range cases.Templates {
		url := "base64://" + base64.StdEncoding.EncodeToString([]byte(one))
		text, textErr := template.LoadText(context.Background(), dependencies{}, fstest.MapFS{}, "", "", &cases.Model, url)
		template.Cache.Purge()
		html, htmlErr := template.LoadHTML(context.Background(), dependencies{}, fstest.MapFS{}, "", "", &cases.Model, url)
		template.Cache.Purge()
		golden[one] = []rendered{outcome(text, textErr), outcome(html, htmlErr)}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	_ = enc.Encode(golden)
	_ = os.WriteFile(os.Args[2], out.Bytes(), 0o600)
}
