import { startOwnBroker } from '/work/main/test/integration/own-broker.ts';
const t=Date.now(); const log=(m:string)=>console.log(((Date.now()-t)/1000).toFixed(1), m);
const b = await startOwnBroker(); log('up '+b.url);
log(await b.ctl('list_users'));
await b.stop(); log('stopped'); await b.start(); log('again');
await b.kill(); log('killed'); await b.start(); log('again');
if (process.argv[2]) await new Promise(r=>setTimeout(r,1e6));
await b.remove(); log('removed');
