-- All rules of one request, in one step: Redis runs a script as a whole, so nobody sees a half of it.
-- KEYS: one a rule, all with one hash tag, so that they lie on one shard of a cluster.
-- ARGV: per rule four values: kind, then
--   bucket  capacity, refillTokens, refillIntervalMs
--   window  limit, windowMs, -          log  limit, windowMs, -
-- Returns allowed (1 or 0), the number of the rule that decided, what is left or the wait in ms.
-- The clock is the store's, read once. Numbers are doubles, as in JavaScript: exact below 2^53.
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

-- State is one string of two integers. Printed as integers: Lua would round a large one to 14 digits.
local function load(key)
  local stored = redis.call('GET', key)
  if not stored then return nil, nil end
  local a, b = string.match(stored, '^(%d+) (%d+)$')
  return tonumber(a), tonumber(b)
end
local function save(key, a, b, ttl)
  redis.call('SET', key, string.format('%.0f %.0f', a, b), 'PX', string.format('%.0f', math.max(1, ttl)))
end

-- A clock that steps back is taken as the latest time seen of the key.
local rules = {}
local refusing, wait = 0, -1
for i = 1, #KEYS do
  local kind = ARGV[i * 4 - 3]
  local a, b, c = tonumber(ARGV[i * 4 - 2]), tonumber(ARGV[i * 4 - 1]), tonumber(ARGV[i * 4])
  local rule = { kind = kind, key = KEYS[i], a = a, b = b, c = c, wait = 0, left = 0 }
  if kind == 'bucket' then
    -- In parts: c of them make a token, and each millisecond brings b.
    local most = a * c
    local parts, at = load(KEYS[i])
    rule.at = math.max(at or now, now)
    rule.parts = parts and math.min(most, parts + math.min(rule.at - at, math.ceil((most - parts) / b)) * b) or most
    rule.left = math.floor(rule.parts / c) - 1
    if rule.left < 0 then rule.wait = math.ceil((c - rule.parts) / b) + rule.at - now end
  elseif kind == 'window' then
    local count, at = load(KEYS[i])
    rule.window = math.max(math.floor(now / b), at or 0)
    rule.count = (at == rule.window) and count or 0
    rule.left = a - rule.count - 1
    if rule.left < 0 then rule.wait = (rule.window + 1) * b - now end
  else
    -- A list of times, oldest first, all in order.
    local newest = redis.call('LINDEX', KEYS[i], -1)
    rule.at = math.max(now, newest and tonumber(newest) or 0)
    local oldest = redis.call('LINDEX', KEYS[i], 0)
    while oldest and tonumber(oldest) <= rule.at - b do
      redis.call('LPOP', KEYS[i])
      oldest = redis.call('LINDEX', KEYS[i], 0)
    end
    rule.left = a - redis.call('LLEN', KEYS[i]) - 1
    if rule.left < 0 then rule.wait = tonumber(oldest) + b - now end
  end
  if rule.left < 0 and rule.wait > wait then refusing, wait = i, rule.wait end
  rules[i] = rule
end
if refusing > 0 then return { 0, refusing, wait } end

local least = 1
for i, rule in ipairs(rules) do
  if rule.kind == 'bucket' then
    local parts = rule.parts - rule.c
    -- Full again, it may be forgotten: that carries no information.
    save(rule.key, parts, rule.at, math.ceil((rule.a * rule.c - parts) / rule.b) + rule.at - now)
  elseif rule.kind == 'window' then
    save(rule.key, rule.count + 1, rule.window, (rule.window + 1) * rule.b - now)
  else
    redis.call('RPUSH', rule.key, string.format('%.0f', rule.at))
    redis.call('PEXPIRE', rule.key, string.format('%.0f', rule.b + rule.at - now))
  end
  if rule.left < rules[least].left then least = i end
end
return { 1, least, rules[least].left }
