import * as v from 'valibot'
import { publicName } from './guests.js'
import { signJwt } from './token.js'

/** How long a token is valid: short, so that a page renews it while one watches. */
const usualSeconds = 180

const LoginForm = v.object(
  {
    name: v.pipe(
      v.string('A name is text.'),
      v.trim(),
      v.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'A name has no control characters.'),
      v.minLength(1, 'A name has one character at least.'),
      v.maxLength(40, 'A name has 40 characters at most.'),
    ),
    team: v.picklist(['trader', 'manager'], 'A team is "trader" or "manager".'),
    /** The secret of a browser: people of one name differ by it, and none can become another. */
    id: v.pipe(v.string('An id is text.'), v.regex(/^[a-z0-9]{4,40}$/, 'An id has 4 to 40 letters and digits.')),
    /** Whether the page has logged in before: a revoked right ends this. */
    renews: v.optional(v.boolean()),
    /** For how long the token is valid. */
    seconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(600))),
  },
  'Send an object with "name", "team" and "id".',
)

/** A token, or why it is refused. */
export type LoginReply = { readonly token: string } | { readonly refused: string }

/** The people who have tokens. */
export interface Accounts {
  /** Answers a login or a renewal, whatever a page has sent. */
  login(form: unknown): LoginReply
  /** Refuses to renew the tokens of a user, until that user logs in again. */
  revoke(user: string): void
}

/** A name as a part of a subject: without dots, spaces and wildcards. */
const slugOf = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')

/** The accounts of the demo: anyone may log in, since it is for development. */
export function openAccounts(secret: string): Accounts {
  const revoked = new Set<string>()
  return {
    login(given) {
      const form = v.safeParse(LoginForm, given)
      if (!form.success) return { refused: form.issues[0].message }
      const { name, team, id, renews = false, seconds = usualSeconds } = form.output
      const user = `${slugOf(name)}-${publicName(id)}`
      if (renews && revoked.has(user)) return { refused: 'Your right was revoked: log in again.' }
      revoked.delete(user)
      return { token: signJwt({ user, role: team, seconds, secret }) }
    },
    revoke: (user) => void revoked.add(user),
  }
}
