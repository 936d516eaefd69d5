import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { writeNew } from '../templates/write-new.js'

const template = fileURLToPath(new URL('../../../templates/app', import.meta.url))

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** `wildcast init [folder]`: a project with a relay, a page, a component and a test. */
export function init(): Command {
  return new Command('init')
    .description('write a project: a configuration, a React page, a component and a test')
    .argument('[folder]', 'where to write it', '.')
    .option(
      '-p, --packages <folder>',
      "take Wildcast's packages from the tarballs in a folder (npm run pack), not from the registry",
    )
    .action(async (folder: string, { packages }: { readonly packages?: string }) => {
      const target = path.resolve(folder)
      const name = nameOf(target)
      const there = existsSync(target) ? readdirSync(target).filter((one) => one !== '.git') : []
      if (there.length > 0) throw new Error(`${folder} is not empty; choose another folder, or empty it`)
      const files = project(name)
      await writeNew(target, packages === undefined ? files : fromTarballs(files, path.resolve(packages), target))
      const enter = target === process.cwd() ? '' : `cd ${path.relative('', target)}\n`
      process.stdout.write(`${name} is ready:\n\n${enter}npm install\nnpm run dev\n`)
    })
}

/** What npm allows for a package. */
function nameOf(target: string): string {
  const name = path
    .basename(target)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
  return name || 'wildcast-app'
}

/** The same project, whose Wildcast comes from tarballs. @throws {Error} naming the first that is not there */
function fromTarballs(files: Files, folder: string, target: string): Files {
  const written = JSON.parse(files['package.json'] ?? '{}') as { dependencies: Readonly<Record<string, string>> }
  // The protocol, too, which the others would take from the registry.
  const ours = ['client', 'protocol', 'react', 'relay'].map((name) => {
    const file = path.join(folder, `wildcast-${name}-${version}.tgz`)
    if (!existsSync(file))
      throw new Error(`${file} is not there; write it with "npm run pack" in Wildcast's repository`)
    return [`@wildcast/${name}`, `file:${path.relative(target, file)}`]
  })
  const dependencies = { ...written.dependencies, ...Object.fromEntries(ours) }
  return { ...files, 'package.json': `${JSON.stringify({ ...written, dependencies }, null, 2)}\n` }
}

type Files = Readonly<Record<string, string>>

function project(name: string): Files {
  const files = readdirSync(template, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name)
      const text = readFileSync(file, 'utf8').replaceAll('{{name}}', name).replaceAll('{{version}}', version)
      // npm leaves a file of that name out of packages.
      return [path.relative(template, file).replace(/^gitignore$/, '.gitignore'), text]
    }),
  )
}
