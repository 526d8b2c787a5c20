// The sentiment of every turn by npm's wink-nlp or vader-sentiment, for bench_hear:  node sentiment.cjs wink|vader FILE.jsonl
// Prints one JSON object: seconds (loading apart) and how many turns.  The sum of what they say is printed too, so that no
// work can be left out.
const fs = require('fs');
const [, , which, file] = process.argv;

function reader() {
  if (which === 'vader') {
    const vader = require('vader-sentiment');
    return (text) => vader.SentimentIntensityAnalyzer.polarity_scores(text).compound;
  }
  const nlp = require('wink-nlp')(require('wink-eng-lite-web-model'), ['sbd', 'negation', 'sentiment']);
  return (text) => nlp.readDoc(text).out(nlp.its.sentiment);
}

const feel = reader();
const lines = fs.readFileSync(file, 'utf8').split('\n');
const began = process.hrtime.bigint();
let turns = 0, sum = 0;
for (const line of lines) {
  if (!line) continue;
  for (const turn of JSON.parse(line).turns) {
    sum += feel(turn.text);
    turns++;
  }
}
console.log(JSON.stringify({ seconds: Number(process.hrtime.bigint() - began) / 1e9, turns, sum }));
