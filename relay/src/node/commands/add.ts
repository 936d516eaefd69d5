import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command, Option } from 'commander'
import { configEnvironment } from '../config/config-environment.js'
import { nearest } from '../config/nearest.js'
import { brokerNames, interpret } from '../config/read-config.js'
import { isOriginal } from '../config/schema/original-form.js'
import { tomlSource } from '../config/source/toml-source.js'
import { askQuestions } from '../templates/ask-questions.js'
import { type ConfigForm, type Project, refuseBroker, type Template } from '../templates/template.js'
import { templates } from '../templates/templates.js'
import { writeNew } from '../templates/write-new.js'
import { type ConfigFlag, configFlag, configOf } from './config-flag.js'

type Flags = ConfigFlag & { readonly yes?: true } & Readonly<Record<string, string | true | undefined>>

/** `wildcast add <template> <name>`: adds a part to a project. */
export function add(): Command {
  const command = new Command('add')
    .description('add a component, a broker or a gateway to a configuration')
    .usage('<template> [name] [options]')
    .argument('[template]')
    .allowUnknownOption()
    .allowExcessArguments()
    .action((name: string | undefined) => command.error(`error: ${noSuchTemplate(name)}`, { exitCode: 2 }))
  for (const template of templates) command.addCommand(adding(template))
  return command
}

function noSuchTemplate(name: string | undefined): string {
  if (name === 'message-app') return 'message-app is a whole project; write it with "wildcast init <folder>"'
  const names = templates.map((template) => template.name)
  const meant = name === undefined ? undefined : nearest(name, names)
  const fault = name === undefined ? 'name a template' : `there is no template "${name}"`
  return meant === undefined ? `${fault}; there are: ${names.join(', ')}` : `${fault}; did you mean "${meant}"?`
}

function adding(template: Template): Command {
  const command = new Command(template.name)
    .description(template.about)
    .argument(template.namesBroker ? '[name]' : '<name>', 'a letter, then letters, digits, "-" or "_"')
    .addOption(configFlag())
    .option('-y, --yes', 'ask no questions')
  if (template.alias !== undefined) command.alias(template.alias)
  for (const { key, about, standard } of template.questions)
    command.addOption(
      new Option(`--${key} <text>`, `${about} (usual: ${typeof standard === 'string' ? standard : standard.text})`),
    )
  return command.action((name: string | undefined, flags: Flags) => put(template, name, flags))
}

async function put(template: Template, named: string | undefined, { yes, ...flags }: Flags): Promise<void> {
  const file = configOf(flags)
  const before = await readToml(file)
  const source = tomlSource(before, file)
  const project: Project = { brokers: brokerNames(source) }
  const name = nameOf(template, named, project)
  const given = Object.fromEntries(template.questions.map(({ key }) => [key, flags[camel(key)] as string | undefined]))
  const interactive = !yes && process.stdin.isTTY === true
  const answers = await askQuestions(template.questions, { given, project, interactive })
  const form: ConfigForm = isOriginal(source.value) ? 'original' : 'own'
  const files = template.files?.({ name, form, answers }) ?? {}
  const together = `${before.replace(/\n*$/, '\n\n')}${template.toml({ name, form, answers })}`
  // Checked before anything is written, as if its files existed and the page were built.
  const folder = path.dirname(path.resolve(file))
  const environment = configEnvironment(folder)
  interpret(tomlSource(together, file), file, {
    ...environment,
    isFile: (one) => one in files || environment.isFile(one),
    isFolder: () => true,
  })
  await writeNew(folder, files)
  await writeFile(file, together)
  const lines = [`${file}: added ${template.name} "${name}"`, ...Object.keys(files).map((one) => `${one}: written`)]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** The name of a part. @throws {Error} if it can't have that name */
function nameOf({ name: template, namesBroker }: Template, named: string | undefined, project: Project): string {
  const name = named ?? project.brokers[0] ?? 'primary'
  if (!/^[A-Za-z][\w-]{0,63}$/.test(name))
    throw new Error(`"${name}" is not a valid name: write a letter, then letters, digits, "-" or "_"`)
  const why = namesBroker ? refuseBroker(name, project) : undefined
  if (why !== undefined) throw new Error(`${template}: ${why}`)
  return name
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
