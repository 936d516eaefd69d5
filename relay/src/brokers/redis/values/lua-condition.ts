/**
 * `isMet(condition, present, stored)`: whether a write may be done. A condition is `=<revision>`,
 * `=` if there must be no value, `~<revision>` for a will, or `!<revision>` for a value that has
 * expired.
 */
export const luaCondition = `
local function isMet(condition, present, stored)
  if condition == '' then return true end
  local revision = string.sub(condition, 2)
  if string.sub(condition, 1, 1) == '!' then return stored == revision end
  return present == revision
end
`
