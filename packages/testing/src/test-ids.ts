/** The digits of a ULID. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 26

/** Returns a source of ULIDs that are the same in every run: a test may print them. */
export function testIds(): () => string {
  let count = 0
  return () => {
    let id = ''
    for (let rest = ++count; id.length < length; rest = Math.floor(rest / digits.length))
      id = `${digits[rest % digits.length]}${id}`
    return id
  }
}
