import type { EnvironmentModuleNode } from 'vite'

/** A change of a file, as Vite reports it. */
export interface FileChange {
  readonly file: string
  readonly modules: readonly EnvironmentModuleNode[]
}

/** The files of a change: the changed one, and those of all modules that import it. */
export function filesAffected({ file, modules }: FileChange): ReadonlySet<string> {
  const files = new Set([file])
  const seen = new Set<EnvironmentModuleNode>()
  const visit = (module: EnvironmentModuleNode): void => {
    if (seen.has(module)) return
    seen.add(module)
    if (module.file !== null) files.add(module.file)
    for (const importer of module.importers) visit(importer)
  }
  for (const module of modules) visit(module)
  return files
}
