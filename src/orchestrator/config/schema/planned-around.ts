import { choice, count, either, flag, map, names, number, text } from './kinds.js';
import type { Capability, Schema } from './types.js';

const memory: Schema = map('What agents remember between questions.', {
  enabled: flag('Whether they remember.'),
  conversation_memory: map('What was said in this conversation.', { enabled: flag('Whether it is kept.') }),
  persistent_memory: map('What outlives the conversation.', {
    enabled: flag('Whether it is kept.'),
    on_disk: flag('On disk rather than in memory.'),
    path: text('Where.'),
    agent_name: text('Whose memory it is.'),
    session_name: text('Which session’s.'),
    vector_store: text('The store.'),
    llm: map('The model that says what is worth keeping.'),
    embedding: map('The model that finds what is alike.'),
    qdrant: map('The Qdrant server.'),
  }),
  compression: map('When a conversation is shortened.', { trigger_threshold: number('Filled to this share.'), target_ratio: number('Down to this share.') }),
  retrieval: map('What is remembered.', { limit: count('How many memories.'), exclude_recent: flag('Not what is in the conversation anyway.') }),
  recording: map('What is written down.', { record_all_tool_calls: flag('Tool calls.'), record_reasoning: flag('Thoughts.') }),
});

const seconds = (description: string): Schema => ({ type: 'number', exclusiveMinimum: 0, description: `${description}, in seconds.` });
const sensitivity = (description: string): Schema => choice(description, 'low', 'medium', 'high');
const nlip = { nlip: map('NLIP routing.'), enable_nlip: flag('NLIP routing.') };

/** What surrounds the rounds of answers and votes. */
export const plannedAround: readonly Capability[] = [
  { name: 'sessions that are kept apart from the logs', keys: { orchestrator: { session_storage: text('Folder of the sessions.') } } },
  {
    name: 'memory',
    keys: {
      root: { memory, filesystem_memory: map('Memory kept in files.') },
      agent: { memory },
      coordination: { enable_memory_filesystem_mode: flag('Keep memories in files.'), compression_target_ratio: number('How far a long conversation is shortened.') },
    },
  },
  {
    name: 'task lists',
    keys: {
      coordination: {
        enable_agent_task_planning: flag('Tools for keeping a task list.'),
        task_planning_filesystem_mode: flag('Keep the task list in a file.'),
        max_tasks_per_plan: count('Longest task list.'),
      },
    },
  },
  {
    name: 'the depth of plans',
    keys: {
      coordination: {
        plan_depth: choice('How fine a plan is.', 'shallow', 'medium', 'deep', 'dynamic'),
        plan_target_steps: count('How many steps a plan has.'),
        plan_target_chunks: count('How many parts a plan has.'),
      },
    },
  },
  {
    name: 'skills',
    keys: {
      coordination: {
        use_skills: flag('Skills the agents may read.'),
        skills_directory: text('Folder of the skills.'),
        massgen_skills: names('Built-in skills.'),
        load_previous_session_skills: flag('Skills of earlier sessions.'),
      },
    },
  },
  {
    name: 'agents that start agents',
    keys: {
      agent: { main_agent: flag('Whether it leads the others.') },
      coordination: {
        enable_subagents: flag('Agents may start agents.'),
        subagent_min_timeout: seconds('Least time of a started agent'),
        subagent_max_timeout: seconds('Most time of a started agent'),
        subagent_max_concurrent: count('How many started agents run at once.'),
        subagent_orchestrator: map('The team behind a started agent.'),
        subagent_round_timeouts: map('Turn limits of a started agent.'),
        subagent_types: { type: 'array', description: 'Kinds of agents that may be started.' },
        subagent_runtime_mode: text('How far a started agent is kept apart.'),
        async_subagents: { ...map('Started agents that run on their own.'), deprecated: true },
        background_subagents: map('Started agents that run on their own.'),
      },
    },
  },
  {
    name: 'questions to all agents',
    keys: {
      coordination: {
        broadcast: either('Agents may ask each other (`agents`), or a human (`human`).', 'string', 'boolean'),
        broadcast_sensitivity: sensitivity('How readily they ask.'),
        response_depth: sensitivity('How deeply they reply.'),
        broadcast_timeout: seconds('How long a question waits'),
        broadcast_wait_by_default: flag('Whether the asker waits.'),
        max_broadcasts_per_agent: count('How often one agent may ask.'),
      },
    },
  },
  { name: 'personas', keys: { coordination: { persona_generator: map('Give each agent a personality.') }, orchestrator: { dspy: map('Paraphrases of the question.') } } },
  {
    name: 'divided tasks',
    keys: {
      agent: { subtask: text('The agent’s part of a divided task.') },
      orchestrator: { coordination_mode: choice('Vote, or divide the task.', 'voting', 'parallel', 'decomposition'), presenter_agent: text('Who presents a divided task.') },
      coordination: { task_decomposer: map('Who divides the task.') },
    },
  },
  {
    name: 'checklists',
    keys: {
      agent: { voting_sensitivity: text('The agent’s own `orchestrator.voting_sensitivity`.') },
      orchestrator: {
        voting_threshold: number('Score an answer must reach.'),
        checklist_require_gap_report: flag('Whether an agent says what is missing.'),
        gap_report_mode: text('Where it says so.'),
        max_checklist_calls_per_round: count('How often it may check.'),
        checklist_first_answer: flag('Whether a first answer is checked.'),
      },
      coordination: {
        pre_collab_voting_threshold: number('Score an answer must reach before agents meet.'),
        checklist_criteria_preset: text('A ready-made checklist.'),
        checklist_criteria_inline: { type: 'array', description: 'The checklist.' },
        evaluation_criteria_generator: map('Who makes the checklist.'),
        prompt_improver: map('Who improves the question.'),
        novelty_injection: text('How agents are nudged to something new.'),
        improvements: map('What counts as an improvement.'),
        fast_iteration_mode: flag('Shorter rounds.'),
        orchestrator_managed_round_evaluator: flag('Whether somebody judges each round.'),
      },
    },
  },
  {
    name: 'news during a turn',
    keys: {
      orchestrator: {
        max_midstream_injections_per_round: count('How many new answers may reach an agent in one turn.'),
        defer_peer_updates_until_restart: flag('Hold new answers back until the next turn.'),
        allow_midstream_peer_updates_before_checklist_submit: flag('Let new answers in before an agent checks its own.'),
      },
    },
  },
  { name: 'records of what changed', keys: { coordination: { enable_changedoc: flag('Agents say what they changed.'), learning_capture_mode: text('When agents write down what they learned.') } } },
  { name: 'pauses of a whole run', keys: { root: { checkpoint: map('Pauses in which somebody approves.') } } },
  { name: 'a view in the browser', keys: { coordination: { web_review: either('Approval in the browser.', 'boolean', 'object') } } },
  { name: 'recovery of a run', keys: { coordination: { resume_from_log: either('A log to go on from.', 'string', 'object') } } },
  { name: 'NLIP', keys: { root: { nlip: nlip.nlip }, agent: nlip, orchestrator: { ...nlip, nlip_config: map('NLIP routing.') } } },
  { name: 'settings of the live view', keys: { ui: { display_kwargs: map('Arguments of the display.'), theme: text('Colours of the display.') } } },
  { name: 'a menu at the end of a run', keys: { ui: { skip_agent_selector: flag('No menu at the end.') } } },
  { name: 'output for programs without --automation', keys: { ui: { automation_mode: flag('Output for programs, as `--automation` has it.') } } },
  { name: 'more output for debugging', keys: { ui: { debug: flag('More output.') } } },
  { name: 'votes of a single agent', keys: { ui: { use_orchestrator_for_single_agent: flag('Vote even when there is only one agent.') } } },
];
