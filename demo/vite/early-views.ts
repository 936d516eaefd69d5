import type { Plugin, Rolldown } from 'vite'

/**
 * Lets the browser load the code of the view that the hash of the URL names beside the first load,
 * and not after it has run. `views` are the modules of the views, by their names in the hash.
 */
export function earlyViews(views: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'early-views',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
        const files = Object.entries(views).map(([view, module]) => {
          const chunk = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(module))
          if (!chunk) throw new Error(`no chunk of the build is ${module}`)
          return [view, filesOf(chunk, chunks)]
        })
        return [{ tag: 'script', injectTo: 'head', children: script(Object.fromEntries(files)) }]
      },
    },
  }
}

/** A chunk, those that it imports and their style sheets, without the first load. */
function filesOf(chunk: Rolldown.OutputChunk, chunks: readonly Rolldown.OutputChunk[]): readonly string[] {
  const found = new Set<Rolldown.OutputChunk>([chunk])
  for (const { imports } of found)
    for (const each of chunks) if (imports.includes(each.fileName) && !each.isEntry) found.add(each)
  return [...found].flatMap(({ fileName, viteMetadata }) => [fileName, ...(viteMetadata?.importedCss ?? [])])
}

const script = (files: Readonly<Record<string, readonly string[]>>): string =>
  `for(const f of ${JSON.stringify(files)}[location.hash.split('/')[1]]||[])` +
  `document.head.append(Object.assign(document.createElement('link'),` +
  `{...(/css$/.test(f)?{rel:'preload',as:'style'}:{rel:'modulepreload'}),crossOrigin:'',href:'/'+f}))`
