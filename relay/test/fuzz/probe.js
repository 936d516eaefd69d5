// Loaded before a relay starts (`node --expose-gc --import`): answers each message with the heap
// that is in use after a collection. A rejection that is not handled ends the process.
process.on('message', () => {
  setImmediate(() => {
    globalThis.gc()
    process.send({ heap: process.memoryUsage().heapUsed + process.memoryUsage().external })
  })
})
process.channel.unref()
