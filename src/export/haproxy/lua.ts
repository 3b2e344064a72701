/** who.lua of HAProxy: an action that asks the signer, and keeps what it said. */
import { luaCore } from '../lua/core.js'
import type { Gateway } from '../settings.js'

export const haproxyLua = (
  gateway: Gateway,
): string => `-- Who is it? Asks the signer; the app gets its JWT, or nothing. Written by \`ory-proxy export haproxy\`.
local SIGNER = "http://127.0.0.1:${gateway.signerPort}/who"

local function header(hs, name)
  local values = hs[name]
  if not values then return nil end
  local all = {}
  for i = 0, #values do all[#all + 1] = values[i] end
  return table.concat(all, name == "cookie" and "; " or ", ")
end

${luaCore(gateway)}
${ACTIONS}`

const ACTIONS = `local function call(asked)
  return core.httpclient():get({ url = SIGNER, headers = asked, timeout = 3500 })
end

local function ask(hs, method)
  local who = credentials(header(hs, "cookie"), header(hs, "x-session-token"), header(hs, "authorization"))
  local origin, site = header(hs, "origin"), header(hs, "sec-fetch-site")
  if not who or foreign(method, origin, site, header(hs, "upgrade")) then return { status = 401 } end
  local known = remembered(who.key)
  if known then return known end
  local asked = {}
  if who.cookie then asked["cookie"] = { who.cookie } end
  if who.token then asked["x-session-token"] = { who.token } end
  if who.auth then asked["authorization"] = { who.auth } end
  local began, answer = os.time(), call(asked)
  -- A connection that the signer closed as it was reloaded; its own 503 says when to come again.
  local isLost = answer.status ~= 200 and answer.status ~= 401 and not (answer.headers and answer.headers["retry-after"])
  if isLost and os.time() - began < 2 then
    answer = call(asked)
  end
  local bearer = answer.headers and answer.headers["authorization"]
  if answer.status == 200 and bearer then return remember(who.key, 200, bearer[0]) end
  if answer.status == 401 then return remember(who.key, 401) end
  core.Warning("the signer did not say who it is: " .. tostring(answer.status))
  return { status = 503 }
end

local function deny(txn, status, body)
  txn:set_var("txn.body", body)
  txn:set_var("txn.deny", status)
end

local function refuse(txn, status, method, target, hs)
  if status ~= 401 then return deny(txn, "503", UNAVAILABLE) end
  local url = login(target)
  txn:set_var("txn.login", url)
  if page(method, hs) then return deny(txn, "303", "") end
  deny(txn, "401", refusal(url))
end

core.register_action("who", { "http-req" }, function(txn)
  local hs = txn.http:req_get_headers()
  local target, method = txn.f:pathq(), txn.f:method()     -- not url(): that may be a whole address
  txn:set_var("txn.deny", "500")         -- until it is decided
  txn.http:req_del_header("authorization")
  local isGated = gated(target)
  local answer = ask(hs, method)
  if answer.bearer then
    txn.http:req_set_header("authorization", answer.bearer)
  elseif isGated then
    return refuse(txn, answer.status, method, target, hs)
  end
  txn:set_var("txn.deny", "0")
end, 0)

core.register_action("forget", { "http-req" }, function() forget() end, 0)
`
