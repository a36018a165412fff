// SPDX-License-Identifier: UNLICENSED
pragma solidity 0.8.30;

/// @title One run of federated learning: which global model came after which.
/// @notice Models and documents live on IPFS; here stand the SHA-256 digests of their content ids.
/// Round 0 is the genesis model. Each later round is committed once, in order, by the aggregator,
/// upon the model of the round before, and nothing that was committed can be changed by anybody.
/// @dev State keeps what has to be proven (the models' digests, who may do what); the events carry
/// the rest. Commits form a list that is walked backwards: each names the block of the one before.
/// Nobody can make the contract loop over history; no call accepts ether.
contract FederatedRun {
    /// @dev What every commit reads and writes: one storage slot.
    struct Head {
        address aggregator;
        uint32 committed; // The last committed round; 0: none.
        uint32 age; // Of the last commit in blocks, counted from the deployment; 0 without one.
        uint32 elapsed; // The same in seconds.
    }

    /// @dev A link in the list of all trainers, newest first: one storage slot.
    struct Link {
        address before; // The trainer added before; zero at the end of the list.
        uint32 number; // 1, 2, 3, ... in the order of addition; 0: no trainer.
    }

    /// @dev Multicodec numbers of the blocks that content ids may name.
    uint8 private constant RAW = 0x55;
    uint8 private constant DAG_PB = 0x70;

    /// @dev Most addresses in one call of addTrainers.
    uint256 private constant TRAINERS_PER_CALL = 500;

    /// @dev How many rounds after the last committed one take updates.
    uint256 private constant OPEN_ROUNDS = 8;

    /// @notice What tells this run from every other: keccak256 of the ABI encoding of chain id,
    /// this address, genesis, description and salt. Signatures of updates name it.
    bytes32 public immutable run;

    /// @notice Digest of the model that round 1 starts from.
    bytes32 public immutable genesis;

    /// @notice Digest of the run description, which says how the models are trained and averaged.
    bytes32 public immutable getModelArchitecture;

    /// @notice Random bytes of the deployer, so that a fresh development chain repeats no run.
    bytes32 public immutable salt;

    /// @notice Codecs of the content ids: the models' in the high byte, the description's in the
    /// low one; 0x55 raw, 0x70 dag-pb.
    uint16 public immutable codecs;

    /// @notice Who may take the aggregator's place once it has been silent for takeoverAfter
    /// seconds.
    address public immutable standby;

    /// @notice Seconds without a commit after which the standby may take over; 0: never.
    uint64 public immutable takeoverAfter;

    /// @notice Whether everybody may submit updates: a stranger becomes a trainer by its first one.
    bool public immutable open;

    /// @notice Block of the deployment: no event of this contract is older.
    uint256 public immutable startBlock;

    /// @dev Time of the deployment.
    uint256 private immutable startTime;

    Head private head;

    /// @notice Who may add trainers and replace the aggregator. Has no say over any model.
    address public owner;

    /// @notice Who may become the owner by acceptOwnership; zero: nobody.
    address public pendingOwner;

    /// @dev The list's head: the newest trainer and its number.
    Link private newest;

    mapping(address => Link) private trainers;

    /// @dev Round => the global model after it. Round 0 is genesis.
    mapping(uint256 => bytes32) private models;

    /// @dev Round => trainer => the update's digest; zero: none.
    mapping(uint256 => mapping(address => bytes32)) private submitted;

    /// @notice A round was committed: its place in the run, and all that the aggregator said of it.
    /// @param round The round, 1, 2, 3, ...
    /// @param aggregator Who committed it.
    /// @param base Digest of the model that the round started from.
    /// @param updatesRoot Root of the Merkle tree over the counted updates; zero for none.
    /// @param updates How many updates were counted.
    /// @param manifest Digest of the signed list of the round's updates.
    /// @param manifestCodec Codec of the manifest's content id.
    /// @param model Digest of the global model after the round.
    /// @param previousBlock Block of the commit before; for round 1 the block of the deployment.
    event RoundCommitted(
        uint64 indexed round,
        address indexed aggregator,
        bytes32 base,
        bytes32 updatesRoot,
        uint32 updates,
        bytes32 manifest,
        uint8 manifestCodec,
        bytes32 model,
        uint256 previousBlock
    );

    /// @notice A trainer put its update on the chain by itself. Only `model` is kept in state.
    /// @param round The round that it is meant for.
    /// @param trainer Who sent it.
    /// @param base Digest of the model that it says it started from.
    /// @param model Digest of the trained model.
    /// @param numExamples How many examples it says it trained on.
    event UpdateSubmitted(
        uint64 indexed round,
        address indexed trainer,
        bytes32 base,
        bytes32 model,
        uint64 numExamples
    );

    /// @notice An address became a trainer, which it stays.
    event TrainerAdded(address indexed trainer);

    /// @notice Commits come from another address from now on.
    event AggregatorChanged(address indexed previous, address indexed current);

    /// @notice Ownership passed on; from zero at the deployment.
    event OwnershipTransferred(address indexed previous, address indexed current);

    /// @notice Only the aggregator commits rounds.
    error NotAggregator(address sender, address aggregator);

    /// @notice Only the owner does this.
    error NotOwner(address sender, address owner);

    /// @notice Only the owner to be accepts the ownership.
    error NotPendingOwner(address sender, address pendingOwner);

    /// @notice Only the standby takes over.
    error NotStandby(address sender, address standby);

    /// @notice Only trainers submit updates to a run that isn't open.
    error NotTrainer(address sender);

    /// @notice Rounds are committed one after the other.
    error WrongRound(uint64 expected, uint64 given);

    /// @notice A round starts from the model of the round before.
    error WrongBase(bytes32 expected, bytes32 given);

    /// @notice There are updates exactly if their tree has a root.
    error WrongUpdates(uint32 updates, bytes32 updatesRoot);

    /// @notice Without updates the model stays what it was.
    error ModelWithoutUpdates(bytes32 base, bytes32 model);

    /// @notice Updates are taken for the rounds from `first` to `last`.
    error RoundNotOpen(uint64 first, uint64 last, uint64 given);

    /// @notice One update per trainer and round.
    error AlreadySubmitted(uint64 round, address trainer);

    /// @notice An update stands for at least one example.
    error NoExamples();

    /// @notice A round that isn't there (yet).
    error NoSuchRound(uint256 given);

    /// @notice No content id has this digest.
    error ZeroDigest();

    /// @notice Nobody has this address.
    error ZeroAddress();

    /// @notice Neither raw (0x55) nor dag-pb (0x70).
    error UnknownCodec(uint8 given);

    /// @notice More addresses than one call takes.
    error TooManyTrainers(uint256 given, uint256 limit);

    /// @notice This run has no takeover.
    error NoTakeover();

    /// @notice The aggregator has been silent, but not for long enough.
    error TooEarly(uint256 remainingSeconds);

    /// @notice The address is the aggregator already.
    error AlreadyAggregator(address aggregator);

    /// @notice The run is older than 2^32 blocks, seconds or rounds, which are all that it counts.
    error RunTooLong();

    modifier onlyOwner() {
        if (msg.sender != owner) revert NotOwner(msg.sender, owner);
        _;
    }

    /// @notice Starts a run. The sender is its owner.
    /// @param genesis_ Digest of the genesis model; not zero.
    /// @param description Digest of the run description; not zero.
    /// @param salt_ Random bytes.
    /// @param codecs_ Codecs of models and description, see codecs().
    /// @param aggregator_ Who commits the rounds; not zero. May be the owner.
    /// @param standby_ Who may take over; zero: nobody.
    /// @param takeoverAfter_ See takeoverAfter(); any value, 0: never.
    /// @param open_ See open().
    constructor(
        bytes32 genesis_,
        bytes32 description,
        bytes32 salt_,
        uint16 codecs_,
        address aggregator_,
        address standby_,
        uint64 takeoverAfter_,
        bool open_
    ) {
        requireDigest(genesis_);
        requireDigest(description);
        requireCodec(uint8(codecs_ >> 8));
        requireCodec(uint8(codecs_));
        requireAddress(aggregator_);

        run = keccak256(abi.encode(block.chainid, address(this), genesis_, description, salt_));
        genesis = genesis_;
        getModelArchitecture = description;
        salt = salt_;
        codecs = codecs_;
        standby = standby_;
        takeoverAfter = takeoverAfter_;
        open = open_;
        startBlock = block.number;
        startTime = block.timestamp;

        head.aggregator = aggregator_;
        emit AggregatorChanged(address(0), aggregator_);
        owner = msg.sender;
        emit OwnershipTransferred(address(0), msg.sender);
    }

    /// @notice Commits a round, for good. Aggregator only.
    /// @dev The checks, in this order: sender, round, base, digests, codec, updates. The gas
    /// doesn't depend on how many updates there are.
    /// @param round committed() + 1.
    /// @param base The model of the round before: getGlobalmodel(round).
    /// @param updatesRoot Root of the tree over the counted updates; zero exactly if there are
    /// none.
    /// @param updates_ How many were counted. With none the model must be the base.
    /// @param manifest Digest of the round's manifest; not zero.
    /// @param manifestCodec 0x55 or 0x70.
    /// @param model Digest of the new global model; not zero. May equal the base in any case.
    function commitRound(
        uint64 round,
        bytes32 base,
        bytes32 updatesRoot,
        uint32 updates_,
        bytes32 manifest,
        uint8 manifestCodec,
        bytes32 model
    ) external {
        Head memory last = head;
        if (msg.sender != last.aggregator) revert NotAggregator(msg.sender, last.aggregator);
        uint64 next = uint64(last.committed) + 1;
        if (round != next) revert WrongRound(next, round);
        bytes32 expected = modelAfter(last.committed);
        if (base != expected) revert WrongBase(expected, base);
        requireDigest(manifest);
        requireDigest(model);
        requireCodec(manifestCodec);
        if ((updates_ == 0) != (updatesRoot == 0)) revert WrongUpdates(updates_, updatesRoot);
        if (updates_ == 0 && model != base) revert ModelWithoutUpdates(base, model);

        models[round] = model;
        head = Head(last.aggregator, narrow(round), age(), elapsed());
        emit RoundCommitted(
            round,
            msg.sender,
            base,
            updatesRoot,
            updates_,
            manifest,
            manifestCodec,
            model,
            startBlock + last.age
        );
    }

    /// @notice Puts the sender's update on the chain, where no aggregator can pass over it
    /// silently. Trainers only, or everybody if the run is open.
    /// @dev The checks, in this order: round, trainer, digest, examples, repetition. The base is a
    /// claim, not checked: that a trainer was handed another model than was committed is what it
    /// may have to show, and the bases of later rounds aren't known yet.
    /// @param round One of the eight after committed(); once per trainer.
    /// @param base Digest of the model that the sender was given.
    /// @param model Digest of the trained model; not zero.
    /// @param numExamples At least 1.
    function submitUpdate(uint64 round, bytes32 base, bytes32 model, uint64 numExamples) external {
        uint256 committed_ = head.committed;
        if (round <= committed_ || round > committed_ + OPEN_ROUNDS) {
            revert RoundNotOpen(uint64(committed_ + 1), uint64(committed_ + OPEN_ROUNDS), round);
        }
        bool known = isTrainer(msg.sender);
        if (!known && !open) revert NotTrainer(msg.sender);
        requireDigest(model);
        if (numExamples == 0) revert NoExamples();
        if (submitted[round][msg.sender] != 0) revert AlreadySubmitted(round, msg.sender);

        if (!known) addTrainer(msg.sender);
        submitted[round][msg.sender] = model;
        emit UpdateSubmitted(round, msg.sender, base, model, numExamples);
    }

    /// @notice Makes addresses trainers, for good. Owner only. Those that are trainers already are
    /// passed over, so that a call can be repeated.
    /// @param added 0 to 500 addresses, none of them zero.
    function addTrainers(address[] calldata added) external onlyOwner {
        if (added.length > TRAINERS_PER_CALL) {
            revert TooManyTrainers(added.length, TRAINERS_PER_CALL);
        }
        for (uint256 i = 0; i < added.length; ++i) {
            requireAddress(added[i]);
            if (!isTrainer(added[i])) addTrainer(added[i]);
        }
    }

    /// @notice Lets another address commit the next rounds. Owner only. The standby's clock runs
    /// on.
    /// @param aggregator_ Neither zero nor the aggregator of now.
    function setAggregator(address aggregator_) external onlyOwner {
        requireAddress(aggregator_);
        changeAggregator(aggregator_);
    }

    /// @notice Makes the standby the aggregator. Standby only, once takeoverAfter seconds have
    /// passed since the last commit, or since the deployment if there is none.
    function takeOver() external {
        if (msg.sender != standby) revert NotStandby(msg.sender, standby);
        if (takeoverAfter == 0) revert NoTakeover();
        uint256 due = lastCommitTime() + takeoverAfter;
        if (block.timestamp < due) revert TooEarly(due - block.timestamp);
        changeAggregator(msg.sender);
    }

    /// @notice Offers the ownership, which changes nothing until it is accepted. Owner only.
    /// @param owner_ Who may accept it; zero takes an offer back.
    function transferOwnership(address owner_) external onlyOwner {
        pendingOwner = owner_;
    }

    /// @notice Makes the sender the owner. For whom the ownership was offered only.
    function acceptOwnership() external {
        if (msg.sender != pendingOwner) revert NotPendingOwner(msg.sender, pendingOwner);
        emit OwnershipTransferred(owner, msg.sender);
        owner = msg.sender;
        pendingOwner = address(0);
    }

    /// @notice The last committed round; 0: none.
    function committed() external view returns (uint64) {
        return head.committed;
    }

    /// @notice Who may commit the next round.
    function aggregator() external view returns (address) {
        return head.aggregator;
    }

    /// @notice Block of the last commit, where a walk back through the rounds starts; that of the
    /// deployment if there is none.
    function lastCommitBlock() external view returns (uint256) {
        return startBlock + head.age;
    }

    /// @notice Time of the last commit in seconds since 1970; that of the deployment if there is
    /// none.
    function lastCommitTime() public view returns (uint256) {
        return startTime + head.elapsed;
    }

    /// @notice Digest of the model that round 1 starts from.
    function getGenesis() external view returns (bytes32) {
        return genesis;
    }

    /// @notice The round that is being trained: committed() + 1.
    function currentRound() external view returns (uint256) {
        return uint256(head.committed) + 1;
    }

    /// @notice Digest of the model that a round starts from.
    /// @param round 1 (genesis) to currentRound(); else NoSuchRound.
    function getGlobalmodel(uint256 round) external view returns (bytes32) {
        if (round == 0 || round > uint256(head.committed) + 1) revert NoSuchRound(round);
        return modelAfter(round - 1);
    }

    /// @notice Digests of the updates that trainers submitted for a round, in the order in which
    /// the trainers were added. The sender of each: submitters(round).
    /// @dev Looks at every trainer, about 5,000 gas each: with very many of them ask for one by
    /// updateOf, or for the events.
    /// @param round 1 to committed() + 8; else NoSuchRound.
    function updates(uint256 round) external view returns (bytes32[] memory found) {
        found = new bytes32[](countUpdates(round));
        uint256 left = found.length;
        for (address each = newest.before; left != 0; each = trainers[each].before) {
            bytes32 model = submitted[round][each];
            if (model != 0) found[--left] = model;
        }
    }

    /// @notice Who submitted an update for a round, in the order of updates(round).
    /// @param round 1 to committed() + 8; else NoSuchRound.
    function submitters(uint256 round) external view returns (address[] memory found) {
        found = new address[](countUpdates(round));
        uint256 left = found.length;
        for (address each = newest.before; left != 0; each = trainers[each].before) {
            if (submitted[round][each] != 0) found[--left] = each;
        }
    }

    /// @notice Digest of the update that a trainer submitted for a round; zero: none.
    function updateOf(uint256 round, address trainer) external view returns (bytes32) {
        return submitted[round][trainer];
    }

    /// @notice Whether an address may submit updates to a run that isn't open.
    function isTrainer(address trainer) public view returns (bool) {
        return trainers[trainer].number != 0;
    }

    /// @notice How many trainers there are.
    function trainerCount() external view returns (uint256) {
        return newest.number;
    }

    function addTrainer(address trainer) private {
        uint32 number = newest.number + 1;
        trainers[trainer] = Link(newest.before, number);
        newest = Link(trainer, number);
        emit TrainerAdded(trainer);
    }

    function changeAggregator(address aggregator_) private {
        address previous = head.aggregator;
        if (previous == aggregator_) revert AlreadyAggregator(aggregator_);
        head.aggregator = aggregator_;
        emit AggregatorChanged(previous, aggregator_);
    }

    /// @dev For a round that is committed, or 0.
    function modelAfter(uint256 round) private view returns (bytes32) {
        return round == 0 ? genesis : models[round];
    }

    function countUpdates(uint256 round) private view returns (uint256 count) {
        if (round == 0 || round > head.committed + OPEN_ROUNDS) revert NoSuchRound(round);
        for (address each = newest.before; each != address(0); each = trainers[each].before) {
            if (submitted[round][each] != 0) ++count;
        }
    }

    function age() private view returns (uint32) {
        return narrow(block.number - startBlock);
    }

    function elapsed() private view returns (uint32) {
        return narrow(block.timestamp - startTime);
    }

    function narrow(uint256 value) private pure returns (uint32) {
        if (value > type(uint32).max) revert RunTooLong();
        return uint32(value);
    }

    function requireDigest(bytes32 digest) private pure {
        if (digest == 0) revert ZeroDigest();
    }

    function requireAddress(address given) private pure {
        if (given == address(0)) revert ZeroAddress();
    }

    function requireCodec(uint8 given) private pure {
        if (given != RAW && given != DAG_PB) revert UnknownCodec(given);
    }
}
