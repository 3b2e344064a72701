/** who.lua of Envoy: a filter that asks the signer, and keeps what it said. */
import { luaCore } from '../lua/core.js'
import type { Gateway } from '../settings.js'

export const envoyLua = (
  gateway: Gateway,
): string => `-- Who is it? Asks the signer; the app gets its JWT, or nothing. Written by \`ory-proxy export envoy\`.
local function header(hs, name) return hs:get(name) end

${luaCore(gateway)}
${FILTER}`

const FILTER = `local function call(h, who)
  return h:httpCall("signer", {
    [":method"] = "GET", [":path"] = "/who", [":authority"] = "signer",
    ["cookie"] = who.cookie, ["x-session-token"] = who.token, ["authorization"] = who.auth,
  }, nil, 3500)
end

local function ask(h, hs, auth)
  local who = credentials(hs:get("cookie"), hs:get("x-session-token"), auth)
  if not who or foreign(hs:get(":method"), hs:get("origin"), hs:get("sec-fetch-site"), hs:get("upgrade")) then
    return { status = "401" }
  end
  local known = remembered(who.key)
  if known then return known end
  local answer = call(h, who)
  -- A connection that the signer closed as it was reloaded; its own 503 says when to come again.
  if answer[":status"] == "503" and not answer["retry-after"] then answer = call(h, who) end
  local status, bearer = answer[":status"], answer["authorization"]
  if status == "200" and bearer then return remember(who.key, status, bearer) end
  if status == "401" then return remember(who.key, status) end
  h:logWarn("the signer did not say who it is: " .. tostring(status))
  return { status = "503" }
end

local function respond(h, status, kind, body, more)
  local head = { [":status"] = status, ["content-type"] = kind, ["cache-control"] = "no-store" }
  for name, value in pairs(more or {}) do head[name] = value end
  h:respond(head, body)
end

local function refuse(h, status, method, target, hs)
  if status ~= "401" then return respond(h, "503", "application/json", UNAVAILABLE, { ["retry-after"] = "2" }) end
  local url = login(target)
  if page(method, hs) then return respond(h, "303", "text/plain", "", { ["location"] = url }) end
  respond(h, "401", "application/json", refusal(url))
end

-- What is below /.ory is Ory's own; routes say so too. Who signs out is forgotten at once, in this thread.
local function decide(h)
  local hs = h:headers()
  local target, method = hs:get(":path"), hs:get(":method")
  if target:sub(1, 6) == "/.ory/" then
    if not target:find("^/%.ory/sessions/whoami") and not target:find("^/%.ory/jwks") then forget() end
    return
  end
  local auth = hs:get("authorization")
  hs:remove("authorization")
  hs:remove("proxy-authorization")
  local isGated = gated(target)
  local answer = ask(h, hs, auth)
  hs = h:headers()                       -- anew: httpCall ends the life of the first
  if answer.bearer then return hs:add("authorization", answer.bearer) end
  if isGated then refuse(h, answer.status, method, target, hs) end
end

-- Envoy lets a request through whose script failed, past every gate: not here.
function envoy_on_request(h)
  local ok, problem = pcall(decide, h)
  if ok then return end
  h:logErr(tostring(problem))
  h:respond({ [":status"] = "500" }, "")
end
`
