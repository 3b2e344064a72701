/** The gateway's decisions in Lua, for engines that have it: whose a request is, where the gate is, what is kept. */
import type { Gateway } from '../settings.js'
import { luaList, luaOrigin, luaPatterns } from './rules.js'

/** Seconds for which the signer itself believes whoami: equal questions at once are one. The rest is kept in here. */
export const sharedCache = ({ sessionCache }: Gateway): number => (sessionCache >= 2 ? 1 : 0)

/** Definitions that both adapters use; each of them brings `header(hs, name)`. */
export function luaCore(gateway: Gateway): string {
  const { protect, publicUrl, corsOrigins, sessionCache } = gateway
  const gated = protect.filter(rule => !rule.startsWith('!')).flatMap(luaPatterns)
  const open = protect.filter(rule => rule.startsWith('!')).flatMap(rule => luaPatterns(rule.slice(1)))
  return `local OWN = "${publicUrl.origin}"
local LISTED = ${luaList(corsOrigins.map(luaOrigin))}
local GATED = ${luaList(gated.map(pattern => pattern.toLowerCase()))}
local OPEN = ${luaList(open)}
local SAFE = { GET = true, HEAD = true, OPTIONS = true, TRACE = true }
-- Seconds that are kept: somebody, nobody; and how many at most. The signer adds ${sharedCache(gateway)}.
local KEEP, NOBODY, MOST = ${Math.floor(sessionCache - sharedCache(gateway))}, ${Math.min(2, Math.floor(sessionCache))}, 4000

${CACHE}
${FOREIGN}
${GATE}
${ANSWERS}`
}

const CACHE = `local cache, kept = {}, 0              -- one per thread

local function remembered(key)
  local entry = cache[key]
  if entry and entry.till > os.time() then return entry end
end

local function remember(key, status, bearer)
  local entry = { status = status, bearer = bearer, till = os.time() + (bearer and KEEP or NOBODY) }
  if entry.till <= os.time() then return entry end
  if kept >= MOST then cache, kept = {}, 0 end
  if not cache[key] then kept = kept + 1 end
  cache[key] = entry
  return entry
end

local function forget() cache, kept = {}, 0 end
`

const FOREIGN = `-- What a page of another origin writes, or a socket it opens, is nobody's: cookies come along, whoever's page it is.
local function listed(origin)
  if origin == OWN then return true end
  for _, pattern in ipairs(LISTED) do
    if origin and origin:lower():find(pattern) then return true end
  end
end

local function foreign(method, origin, site, upgrade)
  if listed(origin) then return false end
  if upgrade then return origin ~= nil end
  if SAFE[method] then return false end
  if origin ~= nil then return not (site == "same-origin" or site == "none") end
  return site ~= nil and site ~= "same-origin" and site ~= "none"
end

-- Only these are credentials of Ory; a token of anybody else's is none.
local function credentials(cookie, token, auth)
  if not (auth and auth:match("^[Bb]earer ory_st_")) then auth = nil end
  if not (cookie or token or auth) then return nil end
  local key = #(cookie or "") .. "|" .. (cookie or "") .. "|" .. #(token or "") .. "|" .. (token or "") .. "|" .. (auth or "")
  return { cookie = cookie, token = token, auth = auth, key = key }
end
`

const GATE = `-- A path as a server may read it: a backslash is a slash, several are one, dots climb.
local function resolved(path)
  local parts = {}
  for part in path:gsub("[?#].*", ""):gmatch("[^/\\\\]+") do
    if part == ".." then table.remove(parts) elseif part ~= "." then parts[#parts + 1] = part end
  end
  return "/" .. table.concat(parts, "/")
end

local function matches(path, patterns)
  for _, pattern in ipairs(patterns) do
    if path:find(pattern) then return true end
  end
end

local function closed(path)
  return matches(path:lower(), GATED) and not matches(path, OPEN)
end

-- Gated if any reading is (CWE-289); nobody decodes more often than three times.
local function gated(target)
  local path = target:gsub("[?#].*", "")
  for _ = 0, 3 do
    if closed(path) or closed(resolved(path)) or closed(resolved((path:gsub(";[^/]*", "")))) then return true end
    local more = path:gsub("%%([0-7]%x)", function(x) return string.char(tonumber(x, 16)) end)
    if more == path then return false end
    path = more
  end
  return false
end
`

const ANSWERS = `-- A page that a person opens may be sent to sign in; a script is told where.
local function page(method, hs)
  if method ~= "GET" and method ~= "HEAD" then return false end
  local purpose = header(hs, "sec-purpose") or header(hs, "purpose") or header(hs, "x-purpose") or header(hs, "x-moz") or ""
  if purpose:find("prefetch", 1, true) or purpose:find("preview", 1, true) then return false end
  local mode, dest = header(hs, "sec-fetch-mode"), header(hs, "sec-fetch-dest")
  if mode or dest then return mode == "navigate" and dest == "document" end
  if header(hs, "x-requested-with") then return false end
  return (header(hs, "accept") or ""):find("text/html", 1, true) ~= nil
end

local function login(target)
  local back = target:gsub("[^%w%-._~]", function(c) return string.format("%%%02X", c:byte()) end)
  return OWN .. "/.ory/init/login?return_to=" .. back
end

local function refusal(url)
  return '{"error":{"id":"ORY_PROXY_SIGN_IN","code":401,"message":"Nobody is signed in.","login_url":"' .. url .. '"}}'
end
local UNAVAILABLE = '{"error":{"id":"ORY_PROXY_WHO_UNKNOWN","code":503,"message":"Ory does not answer."}}'
`
