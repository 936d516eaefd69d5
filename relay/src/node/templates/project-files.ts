import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { ownTarballs } from './own-tarballs.js'

const relayFolder = fileURLToPath(new URL('../../..', import.meta.url))
const template = path.join(relayFolder, 'templates/app')

const { version } = JSON.parse(readFileSync(path.join(relayFolder, 'package.json'), 'utf8')) as { version: string }

/** The texts of a project, by their paths. */
export type ProjectFiles = Readonly<Record<string, string>>

/** The files that `wildcast init` writes, with Wildcast from the registry. */
export function projectFiles(name: string): ProjectFiles {
  const files = readdirSync(template, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name)
      const text = readFileSync(file, 'utf8').replaceAll('{{name}}', name).replaceAll('{{version}}', version)
      // npm leaves a file named .gitignore out of packages.
      return [path.relative(template, file).replace(/^gitignore$/, '.gitignore'), text]
    }),
  )
}

/**
 * Changes a project to take Wildcast from the tarballs in a folder.
 * @throws {Error} naming the first missing one
 */
export function withTarballs(files: ProjectFiles, target: string, folder: string): ProjectFiles {
  const [missing] = tarballs(folder).filter(([, file]) => !existsSync(file))
  if (missing) throw new Error(`${missing[1]} does not exist; write it with "npm run pack" in Wildcast's repository`)
  const project = JSON.parse(files['package.json'] ?? '{}') as {
    readonly dependencies?: ProjectFiles
    readonly devDependencies?: ProjectFiles
  }
  const dependencies = { ...project.dependencies }
  const devDependencies = { ...project.devDependencies }
  for (const [name, file] of tarballs(folder)) {
    const group = name in devDependencies ? devDependencies : dependencies
    group[name] = `file:${path.relative(target, file).replaceAll(path.sep, '/')}`
  }
  return { ...files, 'package.json': `${JSON.stringify({ ...project, dependencies, devDependencies }, null, 2)}\n` }
}

/** The folder of the tarballs that this command was installed from, if they are all still there. */
export function usualTarballs(): string | undefined {
  const folder = ownTarballs(relayFolder)
  return folder !== undefined && tarballs(folder).every(([, file]) => existsSync(file)) ? folder : undefined
}

/** The packages of a project, and the protocol, which the others would take from the registry. */
function tarballs(folder: string): readonly (readonly [name: string, file: string])[] {
  return ['client', 'protocol', 'react', 'relay', 'vite'].map((name) => [
    `@wildcast/${name}`,
    path.join(folder, `wildcast-${name}-${version}.tgz`),
  ])
}
