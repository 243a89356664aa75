import { matchesGlob } from '../../match-name.js';

const FILESYSTEM = ['read_file', 'read_text_file', 'read_media_file', 'read_multiple_files', 'list_directory', 'list_directory_with_sizes', 'directory_tree', 'search_files', 'get_file_info', 'list_allowed_directories', 'write_file', 'edit_file', 'create_directory', 'move_file'];
const WORKSPACE_TOOLS = ['copy_file', 'copy_files_batch', 'delete_file', 'delete_files_batch', 'compare_files', 'compare_directories'];
const ALSO = ['file_read', 'file_write', 'file_list'];

/** What the file tools are called, known before any of them is loaded. */
export const fileToolNames: readonly string[] = [...FILESYSTEM, ...WORKSPACE_TOOLS];

const WRITTEN: ReadonlySet<string> = new Set([...fileToolNames, ...ALSO]);
const MOST_USED: readonly string[] = ['read_file', 'write_file'];

const means = (glob: string, names: Iterable<string>): boolean => [...names].some((name) => matchesGlob(glob, name));

/** Whether a list of tools asks for those for files. A glob does where it means the ones that everybody has, or any of them and says that it is about files: `get_*` may be about anything. */
export const asksForFiles = (list: readonly string[]): boolean =>
  list
    .flatMap((written) => written.split('|').map((each) => each.trim()))
    .some((each) => WRITTEN.has(each) || /^mcp__(?:filesystem|workspace_tools)(?:__|$)/u.test(each) || means(each, /^[^*?]*(?:file|director)/u.test(each) ? WRITTEN : MOST_USED));
