export default async (message) => {
    const way = message.text()
    if (way === 'throws') throw new Error('thrown on purpose')
    if (way === 'rejects') return Promise.reject('rejected on purpose')
    if (way === 'never settles') return new Promise(() => {})
    if (way === 'hangs') for (;;);
    if (way === 'returns a string') return 'text'
    if (way === 'returns a circle') { const a = {}; a.a = a; return { message: a } }
    if (way === 'returns 100 MB') return { message: 'x'.repeat(100 * 1024 * 1024) }
    if (way === 'returns 100 MB in an object') return { message: { text: 'x'.repeat(100 * 1024 * 1024) } }
    if (way === 'returns 4 million members') return { message: Array(4e6).fill({}) }
    if (way === 'names no subject') return { subject: 'a b' }
    if (way === 'names no broker') return { subject: 'a', broker: 'nowhere' }
    if (way === 'exits') process.exit(3)
    if (way === 'throws later') return new Promise(() => setImmediate(() => { throw new Error('thrown later') }))
    if (way === 'fills its memory') for (const all = []; ; ) all.push(new Array(1000).fill({ all }))
    return { subject: 'fine', message: way }
  }