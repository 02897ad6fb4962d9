import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DebugClient } from '@vscode/debugadapter-testsupport';
const args = JSON.parse(process.argv[2]); const url = process.argv[3]; const file = process.argv[4] ?? '/tmp/att/app.wsgi';
const adapter = spawn(process.execPath, ['dist/debug-adapter.js'], { stdio: ['pipe','pipe','inherit'] });
class C extends DebugClient { constructor(){ super('node','x','mod_wsgi'); this.defaultTimeout=20000; this.connect(adapter.stdout, adapter.stdin);} }
const c = new C();
c.on('output', (e) => process.stdout.write('  | '+e.body.output));
for (const n of ['stopped','continued','breakpoint','terminated','thread']) c.on(n, (e) => console.log('EVENT', n, JSON.stringify(e.body)));
const line = (m) => readFileSync(file,'utf8').split('\n').findIndex((t)=>t.includes(m))+1;
const get = (p) => fetch(url+p).then(async r => [r.status, (await r.text()).slice(0,80)]).catch(e=>String(e));
try {
await c.initializeRequest({adapterID:'mod_wsgi',pathFormat:'path',linesStartAt1:true,columnsStartAt1:true});
let t=Date.now();
await Promise.all([c.waitForEvent('initialized').then(async()=>{ const r=await c.setBreakpointsRequest({source:{path:file},breakpoints:[{line:line('# in loop')}]}); console.log('bp before', JSON.stringify(r.body)); await c.configurationDoneRequest(); }), c.attachRequest(args)]);
console.log('attached in', Date.now()-t);
console.log('threads', JSON.stringify((await c.threadsRequest()).body.threads.map(t=>t.name)));
t=Date.now();
for (let i=0;i<3;i++){ const st=c.waitForEvent('stopped'); const a=get('/x'+i); const s=await st; console.log('stopped after', Date.now()-t);
 console.log('threads', JSON.stringify((await c.threadsRequest()).body.threads));
 const f=(await c.stackTraceRequest({threadId:s.body.threadId})).body.stackFrames; console.log(f.map(x=>`${x.id} ${x.name}:${x.line} ${x.source?.path} ${x.source?.presentationHint??''}`));
 const e=await c.evaluateRequest({expression:'amount, price', frameId:f[0].id, context:'repl'}); console.log('eval', e.body.result);
 await c.setBreakpointsRequest({source:{path:file},breakpoints:[]});
 await c.continueRequest({threadId:s.body.threadId}); console.log('answer', await a);
 await c.setBreakpointsRequest({source:{path:file},breakpoints:[{line:line('# in loop')}]});
}
await c.setBreakpointsRequest({source:{path:file},breakpoints:[]});
for (const p of ['/fail','/bp']) { const st=c.waitForEvent('stopped'); const a=get(p); const s=await st; 
 const f=(await c.stackTraceRequest({threadId:s.body.threadId})).body.stackFrames; console.log(p, f.map(x=>`${x.name}:${x.line}`));
 await c.continueRequest({threadId:s.body.threadId}); console.log('answer', await a); }
t=Date.now(); await c.disconnectRequest({}); console.log('detached in', Date.now()-t);
console.log(await get('/after'));
} catch (e) { console.log('ERROR', e.message); }
adapter.stdin.end(); await new Promise(r=>adapter.once('exit',r)); process.exit(0);
