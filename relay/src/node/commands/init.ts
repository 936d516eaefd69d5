import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { Command } from 'commander'
import { projectFiles, usualTarballs, withTarballs } from '../templates/project-files.js'
import { writeNew } from '../templates/write-new.js'

/** `wildcast init [folder]`: a project with a relay, a page, a component and a test. */
export function init(): Command {
  return new Command('init')
    .description('write a project: a configuration, a React page, a component and a test')
    .argument('[folder]', 'where to write it', '.')
    .option(
      '-p, --packages <folder>',
      "take Wildcast's packages from the tarballs in a folder (npm run pack), not from the registry",
    )
    .action(async (folder: string, { packages = usualTarballs() }: { readonly packages?: string }) => {
      const target = path.resolve(folder)
      const name = nameOf(target)
      const there = existsSync(target) ? readdirSync(target).filter((one) => one !== '.git') : []
      if (there.length > 0) throw new Error(`${folder} is not empty; choose another folder, or empty it`)
      const files = projectFiles(name)
      await writeNew(target, packages === undefined ? files : withTarballs(files, target, path.resolve(packages)))
      const enter = target === process.cwd() ? '' : `cd ${inShell(path.relative('', target))}\n`
      process.stdout.write(`${name} is ready:\n\n${enter}npm install\nnpm run dev\n`)
    })
}

/** A name that npm allows for a package. */
function nameOf(target: string): string {
  const name = path
    .basename(target)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
  return name || 'wildcast-app'
}

/** Quotes a path for a shell, if needed. */
function inShell(file: string): string {
  return /^[\w./-]+$/.test(file) ? file : `'${file.replaceAll("'", "'\\''")}'`
}
