import path from 'node:path'
import { build } from 'esbuild'

/** Bundles a page of this folder, such as `auth-page.tsx`. Resolves with its script. */
export async function pageScript(file: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, file)],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text ?? ''
}
