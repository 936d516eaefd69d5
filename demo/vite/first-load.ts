import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

interface FirstLoadOptions {
  /** Bytes after gzip. */
  readonly mostBytes: number
}

/** Fails a build whose page needs more bytes than allowed before it shows anything. */
export function firstLoad({ mostBytes }: FirstLoadOptions): Plugin {
  return {
    name: 'first-load',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = bundle['index.html']
      if (page?.type !== 'asset') return
      // Vite writes each script and style sheet of the first load into the page.
      const names = [...String(page.source).matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(([, name]) => name ?? '')
      const sources = names.map((name) => {
        const file = bundle[name]
        return file?.type === 'chunk' ? file.code : file?.source
      })
      const bytes = [page.source, ...sources].reduce(
        (sum, source) => sum + (source ? gzipSync(source, { level: 9 }).length : 0),
        0,
      )
      const words = `the first load has ${bytes} bytes after gzip, of ${mostBytes}`
      if (bytes > mostBytes) this.error(`${words}: load with import() what only some views need`)
      this.info(words)
    },
  }
}
