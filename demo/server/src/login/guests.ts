import { createHash } from 'node:crypto'

/** The secret of a browser, of which others can't guess one. */
const secretForm = /^guest-([a-z0-9]{20,40})$/

/** The name of a browser in users, and so in subjects: others may see it, but not the secret. */
export const publicName = (secret: string): string => createHash('sha256').update(secret).digest('hex').slice(0, 16)

/**
 * The hook of `[auth] module`: who has no account. A page shows the secret of its browser, so that
 * its guest has a user of its own, under whose name no other client can write. A program without
 * credentials is a guest, too, but has no user.
 */
export function authenticate({ token }: { readonly token: string | undefined }): {
  readonly role: 'guest'
  readonly user?: string
} | null {
  if (token === undefined) return { role: 'guest' }
  const secret = secretForm.exec(token)?.[1]
  return secret === undefined ? null : { role: 'guest', user: `guest-${publicName(secret)}` }
}
