//! Which parts are this process's: told by the command line, or by what launchers set.

use crate::Result;
use std::fmt;

/// Process `index` of `count`: parts `index`, `index + count`, `index + 2 * count`, ...
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub index: usize,
    pub count: usize,
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

impl std::str::FromStr for Shard {
    type Err = crate::Error;

    /// `i/n`, counted from 0.
    fn from_str(text: &str) -> Result<Shard> {
        let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        let (index, count) = numbers.ok_or_else(|| format!("a shard is written i/n, as 0/4, not {text:?}"))?;
        Shard::new(index, count)
    }
}

impl Shard {
    fn new(index: usize, count: usize) -> Result<Shard> {
        match index < count {
            true => Ok(Shard { index, count }),
            false => Err(format!("shard {index} of {count} does not exist: they are counted from 0").into()),
        }
    }

    /// The parts of `len` that are this shard's.
    pub fn parts(self, len: usize) -> impl Iterator<Item = usize> {
        (self.index..len).step_by(self.count)
    }

    /// What the launcher's variables say: an array's task, a rank in it, or both; alone if there are none.
    ///
    /// `count` is how many tasks the array has; it has to be given where the launcher does not tell (Kubernetes), or where the array
    /// that runs now is not the whole one (Slurm's `--array=3,7` after two tasks failed).
    pub fn from_launcher(variable: impl Fn(&str) -> Option<String>, count: Option<usize>) -> Result<Shard> {
        let number = |name: &str| -> Result<Option<usize>> {
            let Some(text) = variable(name) else { return Ok(None) };
            match text.parse() {
                Ok(number) => Ok(Some(number)),
                Err(_) => Err(format!("{name} is {text:?}, which is no number: give --shard i/n").into()),
            }
        };
        let (task, rank) = (task(&number, count)?, rank(&number)?);
        Shard::new(task.index * rank.count + rank.index, task.count * rank.count)
    }
}

/// The task of an array of jobs that know nothing of each other.
fn task(number: &impl Fn(&str) -> Result<Option<usize>>, count: Option<usize>) -> Result<Shard> {
    if let Some(id) = number("SLURM_ARRAY_TASK_ID")? {
        if let Some(count) = count {
            return Shard::new(id, count);
        }
        let bounds = ["SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_COUNT"].map(number);
        let [Ok(Some(min)), Ok(Some(max)), Ok(Some(tasks))] = bounds else {
            return Err("SLURM_ARRAY_TASK_ID without MIN, MAX and COUNT: give --shards n".into());
        };
        // Every n-th number from MIN to MAX has a place; of a list like 1,4,6 only the whole array knows.
        let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
        if id < min || (id - min) % step != 0 || (max - min) / step + 1 != tasks {
            return Err(
                format!("task {id} of {tasks} from {min} to {max} has no place of its own: give --shards n").into()
            );
        }
        return Shard::new((id - min) / step, tasks);
    }
    for (index, size) in [
        ("AWS_BATCH_JOB_ARRAY_INDEX", Some("AWS_BATCH_JOB_ARRAY_SIZE")),
        ("JOB_COMPLETION_INDEX", None), // Kubernetes does not tell how many completions it wants
    ] {
        let Some(id) = number(index)? else { continue };
        let told = match size {
            Some(name) => number(name)?,
            None => None,
        };
        let Some(count) = count.or(told) else {
            return Err(format!("{index} is {id}, but nothing says of how many: give --shards n").into());
        };
        return Shard::new(id, count);
    }
    match count {
        None | Some(1) => Shard::new(0, 1),
        Some(n) => Err(format!("--shards {n}, but no launcher says which this is: give --shard i/{n}").into()),
    }
}

/// The rank among processes that were started together. `mpirun` inside a Slurm job sets its own, so it is asked first.
fn rank(number: &impl Fn(&str) -> Result<Option<usize>>) -> Result<Shard> {
    for (index, size) in
        [("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"), ("SLURM_PROCID", "SLURM_NTASKS")]
    {
        match (number(index)?, number(size)?) {
            (Some(index), Some(count)) => return Shard::new(index, count),
            // A batch script that was not told how many tasks it has is one.
            (Some(0), None) if index == "SLURM_PROCID" => {}
            (Some(_), None) => return Err(format!("{index} without {size}: give --shard i/n").into()),
            (None, _) => {}
        }
    }
    Shard::new(0, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(set: &[(&str, &str)], count: Option<usize>) -> std::result::Result<String, String> {
        let variable = |name: &str| set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string());
        Shard::from_launcher(variable, count).map(|s| s.to_string()).map_err(|e| e.to_string())
    }

    #[test]
    fn shards_by_hand() {
        assert_eq!("2/5".parse::<Shard>().unwrap(), Shard { index: 2, count: 5 });
        assert_eq!("2/5".parse::<Shard>().unwrap().parts(12).collect::<Vec<_>>(), [2, 7]);
        assert_eq!("4/5".parse::<Shard>().unwrap().parts(4).count(), 0);
        for (text, message) in [
            ("5/5", "shard 5 of 5 does not exist: they are counted from 0"),
            ("0/0", "shard 0 of 0 does not exist: they are counted from 0"),
            ("1", "a shard is written i/n, as 0/4, not \"1\""),
            ("-1/4", "a shard is written i/n, as 0/4, not \"-1/4\""),
        ] {
            assert_eq!(text.parse::<Shard>().unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn shards_of_launchers() {
        let array = [("SLURM_ARRAY_TASK_ID", "7"), ("SLURM_ARRAY_TASK_MIN", "1"), ("SLURM_ARRAY_TASK_MAX", "9")];
        let array = [&array[..], &[("SLURM_ARRAY_TASK_COUNT", "5"), ("SLURM_ARRAY_TASK_STEP", "2")]].concat();
        let ranks = [("SLURM_PROCID", "2"), ("SLURM_NTASKS", "4")];
        for (set, count, shard) in [
            (&[][..], None, "0/1"),
            (&ranks[..], None, "2/4"),
            (&array[..], None, "3/5"),
            (&[&array[..], &ranks].concat()[..], None, "14/20"),
            (&[("SLURM_ARRAY_TASK_ID", "7"), ("SLURM_PROCID", "0")], Some(10), "7/10"),
            (&[("JOB_COMPLETION_INDEX", "3")], Some(8), "3/8"),
            (&[("AWS_BATCH_JOB_ARRAY_INDEX", "3"), ("AWS_BATCH_JOB_ARRAY_SIZE", "6")], None, "3/6"),
            (&[("AWS_BATCH_JOB_ARRAY_INDEX", "3")], Some(8), "3/8"),
            (&[("OMPI_COMM_WORLD_RANK", "1"), ("OMPI_COMM_WORLD_SIZE", "3")], None, "1/3"),
            (&[("PMI_RANK", "1"), ("PMI_SIZE", "2")], None, "1/2"),
            // `mpirun` of three inside a batch script of a job of eight tasks.
            (
                &[
                    ("OMPI_COMM_WORLD_RANK", "1"),
                    ("OMPI_COMM_WORLD_SIZE", "3"),
                    ("SLURM_PROCID", "0"),
                    ("SLURM_NTASKS", "8"),
                ],
                None,
                "1/3",
            ),
        ] {
            assert_eq!(told(set, count).as_deref(), Ok(shard), "{set:?}");
        }
    }

    #[test]
    fn launchers_that_do_not_say_enough() {
        for (set, count, message) in [
            (
                &[("JOB_COMPLETION_INDEX", "3")][..],
                None,
                "JOB_COMPLETION_INDEX is 3, but nothing says of how many: give --shards n",
            ),
            (&[("JOB_COMPLETION_INDEX", "3")], Some(2), "shard 3 of 2 does not exist: they are counted from 0"),
            (&[("PMI_RANK", "3")], None, "PMI_RANK without PMI_SIZE: give --shard i/n"),
            (&[("PMI_RANK", "x")], None, "PMI_RANK is \"x\", which is no number: give --shard i/n"),
            (&[], Some(4), "--shards 4, but no launcher says which this is: give --shard i/4"),
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "7"),
                    ("SLURM_ARRAY_TASK_MIN", "3"),
                    ("SLURM_ARRAY_TASK_MAX", "7"),
                    ("SLURM_ARRAY_TASK_COUNT", "2"),
                ],
                None,
                "task 7 of 2 from 3 to 7 has no place of its own: give --shards n",
            ),
        ] {
            assert_eq!(told(set, count).unwrap_err(), message);
        }
    }
}
