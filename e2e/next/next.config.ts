import type { NextConfig } from 'next'

const paths = ['/ws', '/stream', '/stream/frames']

export default {
  reactCompiler: true,
  rewrites: async () => paths.map((path) => ({ source: path, destination: `${process.env.RELAY_URL}${path}` })),
} satisfies NextConfig
