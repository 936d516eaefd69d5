import { userOfJwt, userOfSeed } from '../../brokers/nats/user-of-credentials.js'
import type { NatsAuth } from '../../brokers/settings.js'
import { fileFault, type ReadText } from './read-text.js'
import type { ConfigFault } from './source/source.js'

const seedRemedy = 'it begins with SU, and has 58 letters and digits'

/** Returns what is wrong with the way to log in to NATS. It never shows the values. */
export function inspectNatsAuth(auth: NatsAuth, readText: ReadText): readonly ConfigFault[] {
  switch (auth.kind) {
    case 'token':
    case 'user':
      return []
    case 'nkey':
      return faultsOf(['auth', 'NKey'], userOfSeed(auth.seed.trim()) === undefined && brokenSeed)
    case 'jwt':
      return [
        ...faultsOf(['auth', 'Jwt', 'nkey_seed'], userOfSeed(auth.seed.trim()) === undefined && brokenSeed),
        ...faultsOf(['auth', 'Jwt', 'jwt'], jwtFault(auth.jwt.trim(), auth.seed.trim())),
      ]
    case 'credentials':
      return faultsOf(['auth', 'CredentialsString'], credentialsFault(auth.text, '{it}'))
    case 'credentialsFile':
      try {
        return faultsOf(['auth', 'CredentialsFile'], credentialsFault(readText(auth.path), '{it} names a file that'))
      } catch (cause) {
        return faultsOf(['auth', 'CredentialsFile'], fileFault(cause))
      }
  }
}

const brokenSeed = `{it} is not the seed of a user: ${seedRemedy}`

function jwtFault(jwt: string, seed: string): string | false {
  const [user, owner] = [userOfJwt(jwt), userOfSeed(seed)]
  if (user === undefined) return '{it} is not a JWT: three parts, joined by dots, of which the second names the user'
  if (owner !== undefined && owner !== user)
    return '{it} is not for the user of "nkey_seed"; take both from the same source'
  return false
}

/** @param subject the beginning of the sentence */
function credentialsFault(text: string, subject: string): string | false {
  const within = (name: string): string | undefined =>
    new RegExp(`-+BEGIN ${name}-+\\s+(\\S+)\\s+-+END ${name}-+`).exec(text)?.[1]
  const [jwt, seed] = [within('NATS USER JWT'), within('USER NKEY SEED')]
  if (jwt === undefined || seed === undefined)
    return `${subject} does not have a JWT and a seed between BEGIN and END, as "nsc generate creds" writes them`
  if (userOfSeed(seed) === undefined) return `${subject} has an invalid seed of a user: ${seedRemedy}`
  const user = userOfJwt(jwt)
  if (user === undefined) return `${subject} has an invalid JWT; create it again with "nsc generate creds"`
  return user !== userOfSeed(seed) && `${subject} has a JWT and a seed of different users; create it again`
}

function faultsOf(path: ConfigFault['path'], message: string | false): readonly ConfigFault[] {
  return message === false ? [] : [{ path, message }]
}
