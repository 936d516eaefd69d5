import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command, Option } from 'commander'
import { outside } from '../config/outside.js'
import { interpret } from '../config/read-config.js'
import { isOriginal } from '../config/schema/original-form.js'
import { tomlSource } from '../config/source/toml-source.js'
import { ask } from '../templates/ask.js'
import type { Form, Template } from '../templates/template.js'
import { templates } from '../templates/templates.js'
import { writeNew } from '../templates/write-new.js'
import { type ConfigFlag, configFlag, configOf } from './config-flag.js'

type Flags = ConfigFlag & { readonly yes?: true } & Readonly<Record<string, string | true | undefined>>

/** `wildcast add <template> <name>`: puts a part into a project. */
export function add(): Command {
  const command = new Command('add').description('add a component, a broker or a gateway to a configuration')
  for (const template of templates) command.addCommand(adding(template))
  return command
}

function adding(template: Template): Command {
  const command = new Command(template.name)
    .description(template.about)
    .argument('<name>', 'a letter, then letters, digits, "-" or "_"')
    .addOption(configFlag())
    .option('-y, --yes', 'ask nothing')
  for (const { key, about, standard } of template.questions)
    command.addOption(new Option(`--${key} <text>`, `${about} (usual: ${standard})`))
  return command.action(async (name: string, flags: Flags) => {
    if (!/^[A-Za-z][\w-]{0,63}$/.test(name))
      throw new Error(`"${name}" is no name: write a letter, then letters, digits, "-" or "_"`)
    await put(template, name, flags)
  })
}

async function put(template: Template, name: string, { yes, ...flags }: Flags): Promise<void> {
  const file = configOf(flags)
  const before = await readToml(file)
  const given = Object.fromEntries(template.questions.map(({ key }) => [key, flags[camel(key)] as string | undefined]))
  const interactive = !yes && process.stdin.isTTY === true
  const answers = await ask(template.questions, given, interactive)
  const form: Form = isOriginal(tomlSource(before, file).value) ? 'original' : 'own'
  const toml = template.toml({ name, form, answers })
  const folder = path.dirname(path.resolve(file))
  const files = template.files?.({ name, form, answers }) ?? {}
  const together = `${before.replace(/\n*$/, '\n\n')}${toml}`
  // As if its files were there, and the page were built: what is wrong is said before anything is written.
  const world = outside(folder)
  interpret(tomlSource(together, file), file, {
    ...world,
    isFile: (one) => one in files || world.isFile(one),
    isFolder: () => true,
  })
  await writeNew(folder, files)
  await writeFile(file, together)
  const said = [`${file}: added ${template.name} "${name}"`, ...Object.keys(files).map((one) => `${one}: written`)]
  process.stdout.write(`${said.join('\n')}\n`)
}

async function readToml(file: string): Promise<string> {
  if (path.extname(file) !== '.toml')
    throw new Error(`${file}: parts are added to TOML only; see docs/configuration.md for how to write them`)
  if (!(await stat(file).catch(() => undefined)))
    throw new Error(`${file}: there is no such file; begin with "wildcast init", or name another with --config`)
  return readFile(file, 'utf8')
}

function camel(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
