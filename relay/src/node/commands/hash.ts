import { randomBytes } from 'node:crypto'
import { Command, InvalidArgumentError } from 'commander'
import { hashSecret } from '../../auth/scrypt.js'
import { readSecret } from './secret-input.js'

interface Flags {
  readonly key?: string
  readonly role?: string
}

/** `wildcast hash`: what a configuration has in place of a password or a key. */
export function hash(): Command {
  return new Command('hash')
    .description('hash a password, or make a key, for [auth.users] and [auth.keys]')
    .argument('[user]', 'print the table of this user, not only the hash', accountName)
    .option('-k, --key <name>', 'make a new random key with this name; no password is read', accountName)
    .option('-r, --role <role>', 'the role in the printed table: one of [roles]')
    .addHelpText('after', '\nThe password is read from the terminal, without echo, or from standard input.')
    .action(async (user: string | undefined, { key, role }: Flags, command: Command) => {
      if (user !== undefined && key !== undefined) command.error(`give the user "${user}" or --key ${key}, not both`)
      process.stdout.write(key === undefined ? await forUser(user, role) : await forKey(key, role))
    })
}

async function forUser(user: string | undefined, role?: string): Promise<string> {
  const password = await readSecret('Password: ')
  if (password === '') throw new Error('the password is empty; type it, or write it to standard input')
  if (process.stdin.isTTY && (await readSecret('Again: ')) !== password)
    throw new Error('these are two different passwords; try again')
  const text = await hashSecret(password)
  return user === undefined ? `${text}\n` : tableOf(`auth.users.${user}`, { password: text }, role)
}

async function forKey(name: string, role?: string): Promise<string> {
  const secret = randomBytes(24).toString('base64url')
  process.stderr.write('The first line is the key. It is shown only now; the table goes into the configuration.\n')
  return `${name}.${secret}\n\n${tableOf(`auth.keys.${name}`, { hash: await hashSecret(secret) }, role)}`
}

/** Without a role, the table has a place for one: the command does not know the roles. */
function tableOf(name: string, secret: Readonly<Record<string, string>>, role = ''): string {
  const lines = Object.entries({ ...secret, role }).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)
  return `[${name}]\n${lines.join('\n')}${role === '' ? '   # write the name of one of your [roles]' : ''}\n`
}

function accountName(text: string): string {
  if (/^[A-Za-z][\w-]{0,63}$/.test(text)) return text
  throw new InvalidArgumentError('Allowed: a letter, then letters, digits, "-" or "_".')
}
