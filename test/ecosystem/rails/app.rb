# A Rails app in one file. Its page loads scripts from Vite's dev server, as vite_ruby has it in development.
require "action_controller/railtie"
require "jwt"
require "net/http"

KEYS = lambda do |_options|
  uri = URI(ENV.fetch("ORY_JWKS_URL"))
  JSON.parse(Net::HTTP.get(uri), symbolize_names: true)
end

class App < Rails::Application
  config.load_defaults 6.1
  config.root = __dir__
  config.eager_load = false
  config.secret_key_base = "of a test"
  config.logger = Logger.new($stderr)
  routes.append do
    root to: "pages#show"
    post "/", to: "pages#show"
    get "/api/me", to: "pages#me"
  end
end

class PagesController < ActionController::Base
  protect_from_forgery with: :exception

  PAGE = <<~ERB
    <!doctype html><title>app</title>
    <script type="module" src="<%= vite %>/@vite/client"></script>
    <script type="module" src="<%= vite %>/main.js"></script>
    <p id="who"><%= who %></p><p id="script"></p><p id="posted"><%= "sent" if request.post? %></p>
    <%= form_with(url: "/", local: true) { |form| form.button "Send" } %>
  ERB

  def show
    render inline: PAGE, locals: { vite: ENV.fetch("VITE_URL"), who: email || "nobody" }
  end

  def me
    render json: { email: email }, status: email ? 200 : 401
  end

  private

  # The algorithm is named here: a token that could choose it could choose none.
  def email
    scheme, token = request.headers["Authorization"].to_s.split(" ", 2)
    return unless scheme&.casecmp?("bearer") && token

    claims, = JWT.decode(token, nil, true, algorithms: ["ES256"], jwks: KEYS)
    claims.dig("session", "identity", "traits", "email")
  rescue JWT::DecodeError
    nil
  end
end

App.initialize!
