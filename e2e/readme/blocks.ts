import { readFileSync } from 'node:fs'
import path from 'node:path'

export const root = path.resolve(import.meta.dirname, '../..')

/** Every fenced block of the README, as it stands. */
export const allBlocks: readonly string[] = [
  ...readFileSync(path.join(root, 'README.md'), 'utf8').matchAll(/^```\w*\n(.*?)^```$/gms),
].map(([, text = '']) => text)

/** The one block that holds a text. */
function block(part: string): string {
  const [found, ...others] = allBlocks.filter((text) => text.includes(part))
  if (found === undefined || others.length > 0) throw new Error(`the README must have one block with ${part}`)
  return found
}

/** The blocks, by what they do. A new one gets a name here, and a test that pastes it. */
export const blocks = {
  start: block('npm start'),
  listen: block("wildcast sub 'good.*'     #"),
  publish: block('/publish/good.apple'),
  project: block('--packages packed'),
  packages: block('npm run pack ../my-page'),
  reactPage: block('createRoot'),
  plainPage: block('client.serve'),
  contractPackages: block('npm i valibot'),
  contract: block('// contract.ts'),
  contractPage: block("from './contract.ts'"),
  configuration: block('[brokers.main]'),
  open: block('export REDIS_PASSWORD'),
  brokersPage: block("client.broker('sensors')"),
  component: block('export default defineComponent'),
  componentEntry: block('[[component]]'),
  trigger: block('/publish/hello.Ada'),
  history: block('[[brokers.main.history]]'),
  commands: block('npx wildcast request'),
  server: block('await attach(server'),
} as const
